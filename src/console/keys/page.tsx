import { Badge, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ApiKey } from '../api/client.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { keyOf } from '../session/key.ts';
import { useMayWrite } from '../session/me.ts';
import { NewKey } from './new-key.tsx';
import { keysQuery } from './queries.ts';
import { RevokeKey } from './revoke.tsx';
import { scopesLabel } from './scopes.ts';

const route = getRouteApi('/a/$account/keys');

export function KeysPage() {
  const { account } = route.useParams();
  const keys = useInfiniteQuery(keysQuery(account));
  const mayWrite = useMayWrite();
  const add = mayWrite && <NewKey account={account} />;
  const revoke: Column<ApiKey> = {
    title: 'Revoke',
    titleHidden: true,
    cell: (key) => <RevokeKey account={account} apiKey={key} isOwn={isOfThisSession(key)} />,
  };
  return (
    <>
      <PageHeader title="API keys" text="What programs and people call the API of this account with.">
        {add}
      </PageHeader>
      <DataTable
        query={keys}
        rowKey={({ id }) => id}
        columns={[
          { title: 'Name', cell: (key) => <Named apiKey={key} /> },
          { title: 'May', cell: ({ scopes }) => <Text size="sm">{scopesLabel(scopes)}</Text> },
          {
            title: 'Last used',
            cell: ({ lastUsedAt }) => <When at={lastUsedAt} none="Never" />,
            wideOnly: true,
          },
          { title: 'Ends', cell: ({ expiresAt }) => <When at={expiresAt} none="Never" />, wideOnly: true },
          { title: 'Made', cell: ({ createdAt }) => <When at={createdAt} none="" />, wideOnly: true },
          ...(mayWrite ? [revoke] : []),
        ]}
        empty={
          <EmptyState
            title="No keys yet"
            text="Make one for each program that sends events or looks at deliveries, so that each can be revoked alone."
          >
            {add}
          </EmptyState>
        }
      />
    </>
  );
}

/** The first characters tell: they are random enough. */
const isOfThisSession = ({ prefix }: ApiKey) => keyOf()?.startsWith(prefix) ?? false;

function Named({ apiKey }: { apiKey: ApiKey }) {
  return (
    <>
      <Group gap={8}>
        <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
          {apiKey.name}
        </Text>
        {isOfThisSession(apiKey) && (
          <Badge variant="light" size="sm" tt="none">
            In use here
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed" className="mono">
        {apiKey.prefix}…
      </Text>
    </>
  );
}

function When({ at, none }: { at: string | undefined; none: string }) {
  return (
    <Text size="sm" c="dimmed" component="span">
      {at ? <TimeText at={at} /> : none}
    </Text>
  );
}
