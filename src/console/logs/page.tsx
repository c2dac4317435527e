import { ActionIcon, Button, Text, Tooltip } from '@mantine/core';
import IconRefresh from '@tabler/icons-react/icons/IconRefresh';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { deliveryColumns } from './columns.tsx';
import type { LogsSearch } from './filter.ts';
import { Filters } from './filters.tsx';
import { MOST_LIVE_ROWS } from './live-rows.ts';
import { LiveSwitch } from './live-switch.tsx';
import { isFiltered } from './wanted.ts';
import './logs.css';
import { deliveriesQuery, endpointUrlsQuery } from './queries.ts';
import { useLive } from './use-live.ts';

const route = getRouteApi('/a/$account/logs');

/** The deliveries of an account, as far as they are asked for, and as they move. */
export function LogsPage() {
  const { account } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const deliveries = useInfiniteQuery(deliveriesQuery(account, search));
  const { data: urls } = useQuery(endpointUrlsQuery(account));
  const live = useLive(account, search);
  const columns = useMemo(() => deliveryColumns(account, urls), [account, urls]);
  const change = (now: Partial<LogsSearch>) =>
    navigate({ search: (before) => ({ ...before, ...now }), resetScroll: false });
  const clear = () => navigate({ search: { live: search.live }, resetScroll: false });
  const shown = deliveries.data?.pages.reduce((sum, { data }) => sum + data.length, 0) ?? 0;
  const isCut = search.live && shown >= MOST_LIVE_ROWS && !deliveries.hasNextPage;
  return (
    <>
      <PageHeader title="Logs" text="Every delivery: what was sent, where to, and what came back.">
        <LiveSwitch
          live={live}
          on={search.live === true}
          past={search.until !== undefined}
          onChange={(on) => {
            if (isCut) void deliveries.refetch();
            return change({ live: on || undefined });
          }}
        />
        <Tooltip label="Load it again">
          <ActionIcon
            variant="default"
            size="lg"
            aria-label="Load it again"
            loading={deliveries.isRefetching}
            onClick={() => deliveries.refetch()}
          >
            <IconRefresh size={17} />
          </ActionIcon>
        </Tooltip>
      </PageHeader>
      <Filters account={account} search={search} onChange={change} onClear={clear} />
      {live.error !== undefined && <ProblemAlert error={live.error} />}
      <div className="deliveries">
        <DataTable
          query={deliveries}
          columns={columns}
          rowKey={({ id }) => id}
          rowClass={({ id }) => (live.fresh.has(id) ? 'fresh' : undefined)}
          empty={<Empty account={account} search={search} onClear={clear} />}
        />
      </div>
      {isCut && (
        <Text size="sm" c="dimmed" ta="center" mt="sm">
          The newest {MOST_LIVE_ROWS} are shown while it is live.
        </Text>
      )}
    </>
  );
}

function Empty({ account, search, onClear }: { account: string; search: LogsSearch; onClear(): void }) {
  if (isFiltered(search)) {
    return (
      <EmptyState title="No delivery matches" text="Choose other filters, or a longer time.">
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No deliveries yet"
      text="Each event that an endpoint subscribes to makes one. An endpoint's test event makes one, too."
    >
      <Button
        variant="default"
        renderRoot={(props) => <Link to="/a/$account/endpoints" params={{ account }} {...props} />}
      >
        Go to the endpoints
      </Button>
    </EmptyState>
  );
}
