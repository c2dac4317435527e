import './deliveries.css';
import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isFinal } from '../../domain/delivery.ts';
import { DEFAULT_RETRY_SCHEDULE_S } from '../../domain/schedule.ts';
import type { Delivery } from '../api/client.ts';
import { endpointQuery } from '../endpoints/queries.ts';
import { PageHeader } from '../parts/page-header.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useNow } from '../parts/use-now.ts';
import { DeliveryActions } from './actions.tsx';
import { Destination } from './destination.tsx';
import { DeliveryFacts } from './facts.tsx';
import { deliveryLogQuery, deliveryQuery } from './queries.ts';
import { StandingPanel } from './standing-panel.tsx';
import { timelineOf } from './timeline.ts';
import { Timeline } from './timeline-view.tsx';

const route = getRouteApi('/a/$account/deliveries/$id');

/** While it waits, the seconds are counted; what has ended changes by the minute. */
const COUNT_EVERY_MS = 1000;
const TELL_EVERY_MS = 30_000;
const LOOK_AT_ENDPOINT_EVERY_MS = 5000;

export function DeliveryPage() {
  const { account, id } = route.useParams();
  const { data, error, refetch } = useQuery(deliveryQuery(account, id));
  if (error && !data) return <ProblemAlert error={error} retry={refetch} />;
  return data ? <Shown key={id} account={account} delivery={data} /> : <Skeleton height={320} />;
}

function Shown({ account, delivery }: { account: string; delivery: Delivery }) {
  const { data: log, error, refetch } = useQuery(deliveryLogQuery(account, delivery));
  // One that was deleted is missing, and the page does without.
  const { data: endpoint, refetch: lookAtEndpoint } = useQuery({
    ...endpointQuery(account, delivery.endpointId),
    refetchInterval: delivery.status === 'held' ? LOOK_AT_ENDPOINT_EVERY_MS : false,
  });
  // An attempt changes its health.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it depends on is what has happened.
  useEffect(() => void lookAtEndpoint(), [delivery.status, delivery.attempts.length, lookAtEndpoint]);
  const now = useNow(isFinal(delivery.status) ? TELL_EVERY_MS : COUNT_EVERY_MS);
  const schedule = delivery.retrySchedule ?? endpoint?.retrySchedule ?? DEFAULT_RETRY_SCHEDULE_S;
  return (
    <>
      <PageHeader
        title={delivery.event}
        text={<Destination account={account} id={delivery.endpointId} endpoint={endpoint} />}
        back={{ label: 'Logs', path: `/a/${account}/logs` }}
      >
        <DeliveryActions account={account} delivery={delivery} log={log} schedule={schedule} />
      </PageHeader>
      <Stack gap="md">
        <StandingPanel account={account} delivery={delivery} endpoint={endpoint} log={log} now={now} />
        <DeliveryFacts account={account} delivery={delivery} />
        <Panel title="Timeline">
          {error && <ProblemAlert error={error} retry={refetch} />}
          <Timeline
            account={account}
            delivery={delivery}
            marks={timelineOf(delivery, log, schedule)}
            now={now}
          />
        </Panel>
      </Stack>
    </>
  );
}
