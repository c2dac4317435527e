import { Button, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { AuditEntry } from '../api/client.ts';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { useActors } from './actors.ts';
import { AuditDetails } from './details.tsx';
import { AuditFilters } from './filters.tsx';
import { auditQuery } from './queries.ts';
import { AuditTarget } from './target.tsx';
import { inWords } from './words.ts';

const route = getRouteApi('/a/$account/audit-log');

export function AuditLogPage() {
  const { account } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const entries = useInfiniteQuery(auditQuery(account, search));
  const actors = new Map(useActors(account).map(({ value, label }) => [value, label]));
  const nameOf = (actor: string) => actors.get(actor) ?? `Key ${actor}`;
  return (
    <>
      <PageHeader title="Audit log" text="Who changed what, and who read a secret." />
      <AuditFilters
        account={account}
        search={search}
        onChange={(part) => navigate({ search: (before) => ({ ...before, ...part }), replace: true })}
      />
      <DataTable
        query={entries}
        rowKey={({ id }) => id}
        columns={[
          { title: 'What', cell: (entry) => <What account={account} entry={entry} nameOf={nameOf} /> },
          {
            title: 'Who',
            cell: ({ actor }) => <Text size="sm">{nameOf(actor)}</Text>,
            wideOnly: true,
          },
          {
            title: 'When',
            cell: ({ at }) => (
              <Text size="sm" c="dimmed" component="span" style={{ whiteSpace: 'nowrap' }}>
                <TimeText at={at} />
              </Text>
            ),
            wideOnly: true,
          },
        ]}
        empty={
          Object.keys(search).length > 0 ? (
            <EmptyState title="Nothing matches" text="Take a filter away, or look further back.">
              <Button variant="default" onClick={() => navigate({ search: {} })}>
                Show everything
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              title="Nothing was changed yet"
              text="Every change to this account will stand here."
            />
          )
        }
      />
    </>
  );
}

interface WhatProps {
  account: string;
  entry: AuditEntry;
  nameOf(actor: string): string;
}

function What({ account, entry, nameOf }: WhatProps) {
  return (
    <>
      <Text size="sm" fw={600} component="div">
        {inWords(entry.action)}
      </Text>
      <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        <AuditTarget account={account} entry={entry} />
      </Text>
      <AuditDetails details={entry.details} />
      <Text size="xs" c="dimmed" component="div" hiddenFrom="sm" mt={4}>
        {nameOf(entry.actor)}, <TimeText at={entry.at} />
      </Text>
    </>
  );
}
