import { SegmentedControl, SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Overview } from '../api/client.ts';
import { PageHeader } from '../parts/page-header.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { DeliveriesPanel } from './deliveries-panel.tsx';
import { Empty } from './empty.tsx';
import { sumOf, waitingOf } from './outcomes.ts';
import './overview.css';
import { overviewQuery } from './queries.ts';
import { RANGES, type Range } from './range.ts';
import { Tiles } from './tiles.tsx';
import { TroublePanel } from './trouble-panel.tsx';
import { WaitingPanel } from './waiting-panel.tsx';

const route = getRouteApi('/a/$account/overview');

/** How deliveries fare: the page to begin a day with. */
export function OverviewPage() {
  const { account } = route.useParams();
  const { range = '24h' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: overview, error, refetch } = useQuery(overviewQuery(account, range));
  return (
    <>
      <PageHeader title="Overview" text="How deliveries fare, as of now.">
        <SegmentedControl
          aria-label="Time"
          withItemsBorders={false}
          data={Object.entries(RANGES).map(([value, { label }]) => ({ value, label }))}
          value={range}
          onChange={(value) =>
            navigate({
              search: { range: value === '24h' ? undefined : (value as Range) },
              resetScroll: false,
            })
          }
        />
      </PageHeader>
      <Stack gap="md">
        {error && <ProblemAlert error={error} retry={refetch} />}
        {overview ? (
          <Fares account={account} overview={overview} range={range} />
        ) : (
          !error && <Skeleton height={420} />
        )}
      </Stack>
    </>
  );
}

function Fares({ account, overview, range }: { account: string; overview: Overview; range: Range }) {
  const { totals, waiting, endpointsInTrouble } = overview;
  if (sumOf(totals) + waitingOf(overview) + endpointsInTrouble.length === 0)
    return <Empty account={account} range={range} />;
  return (
    <>
      <Tiles account={account} overview={overview} range={range} />
      <DeliveriesPanel account={account} overview={overview} range={range} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <WaitingPanel account={account} waiting={waiting} />
        <TroublePanel account={account} endpoints={endpointsInTrouble} />
      </SimpleGrid>
    </>
  );
}
