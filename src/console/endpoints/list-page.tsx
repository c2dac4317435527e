import { Button, Text } from '@mantine/core';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { EndpointStatus } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { useMayWrite } from '../session/me.ts';
import { eventsSummary } from './events-summary.ts';
import { FORMATS } from './formats.ts';
import { endpointsQuery } from './queries.ts';

const route = getRouteApi('/a/$account/endpoints');

export function EndpointsPage() {
  const { account } = route.useParams();
  const endpoints = useInfiniteQuery(endpointsQuery(account));
  const mayWrite = useMayWrite();
  const add = mayWrite && (
    <Button
      leftSection={<IconPlus size={16} />}
      renderRoot={(props) => <Link to="/a/$account/endpoints/new" params={{ account }} {...props} />}
    >
      Add endpoint
    </Button>
  );
  return (
    <>
      <PageHeader title="Endpoints" text="The URLs that events of this account are delivered to.">
        {add}
      </PageHeader>
      <DataTable
        query={endpoints}
        rowKey={({ id }) => id}
        columns={[
          {
            title: 'URL',
            cell: ({ id, url, description }) => (
              <>
                <Link className="row-link" to="/a/$account/endpoints/$id" params={{ account, id }}>
                  {url}
                </Link>
                {description && (
                  <Text size="sm" c="dimmed" lineClamp={1}>
                    {description}
                  </Text>
                )}
              </>
            ),
          },
          { title: 'Health', cell: (endpoint) => <EndpointStatus endpoint={endpoint} /> },
          {
            title: 'Events',
            cell: ({ events }) => <Text size="sm">{eventsSummary(events)}</Text>,
            wideOnly: true,
          },
          {
            title: 'Format',
            cell: ({ profile }) => <Text size="sm">{FORMATS[profile]}</Text>,
            wideOnly: true,
          },
          {
            title: 'Added',
            cell: ({ createdAt }) => (
              <Text size="sm" c="dimmed" component="span">
                <TimeText at={createdAt} />
              </Text>
            ),
            wideOnly: true,
          },
        ]}
        empty={
          <EmptyState
            title="No endpoints yet"
            text="Add the URL that should receive events, choose which ones, and send it a test."
          >
            {add}
          </EmptyState>
        }
      />
    </>
  );
}
