import './recover.css';
import { Anchor, Progress, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Recovery } from '../api/client.ts';
import { endpointUrlsQuery } from '../logs/queries.ts';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { shortUrl } from '../parts/short-url.ts';
import { TimeText } from '../parts/time-text.tsx';
import { useMayWrite } from '../session/me.ts';
import { RecoverForm } from './form.tsx';
import { recoveriesQuery } from './queries.ts';
import { RecoveryStatus } from './recovery-status.tsx';

const route = getRouteApi('/a/$account/recover');

export function RecoverPage() {
  const { account } = route.useParams();
  const { endpoint } = route.useSearch();
  const mayWrite = useMayWrite();
  const { data: urls } = useQuery(endpointUrlsQuery(account));
  const recoveries = useInfiniteQuery(recoveriesQuery(account));
  return (
    <>
      <PageHeader
        title="Recover"
        text="After an outage of a receiver, send it again what did not arrive: each event once, with the id it always had."
      />
      <Stack gap="lg">
        {mayWrite && urls && <RecoverForm key={endpoint} account={account} urls={urls} endpoint={endpoint} />}
        <section aria-label="Recoveries">
          <Title order={2} mb="sm">
            Recoveries
          </Title>
          <DataTable
            query={recoveries}
            rowKey={({ id }) => id}
            columns={columnsOf(account, urls)}
            empty={
              <EmptyState
                title="No recoveries yet"
                text="One that you start shows here, with how far it has come."
              />
            }
          />
        </section>
      </Stack>
    </>
  );
}

function columnsOf(account: string, urls: ReadonlyMap<string, string> | undefined) {
  return [
    {
      title: 'Endpoint',
      cell: ({ id, endpointId }: Recovery) => (
        <Anchor component={Link} to={`/a/${account}/recover/${id}`} className="row-link" inherit>
          {shortUrl(urls?.get(endpointId) ?? endpointId)}
        </Anchor>
      ),
    },
    { title: 'Status', cell: ({ status }: Recovery) => <RecoveryStatus status={status} /> },
    { title: 'Progress', wideOnly: true, cell: (recovery: Recovery) => <Share recovery={recovery} /> },
    {
      title: 'Deliveries since',
      wideOnly: true,
      cell: ({ since }: Recovery) => <TimeText at={since} />,
    },
    { title: 'Started', wideOnly: true, cell: ({ createdAt }: Recovery) => <TimeText at={createdAt} /> },
  ];
}

function Share({ recovery: { resent, skipped, total } }: { recovery: Recovery }) {
  const done = resent + skipped;
  return (
    <div className="share">
      <Progress value={total === 0 ? 100 : (done / total) * 100} aria-label="Progress" size="sm" />
      <Text size="xs" c="dimmed">
        {done} of {total}
      </Text>
    </div>
  );
}
