import { Group, Skeleton, Text, VisuallyHidden } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Overview } from '../api/client.ts';
import { Dot } from '../parts/dot.tsx';
import { Panel } from '../parts/panel.tsx';
import { bucketText } from './axis.ts';
import { countText, OUTCOMES, sumOf } from './outcomes.ts';
import { RANGES, type Range } from './range.ts';

/** The library of charts is larger than everything else. */
const DeliveriesChart = lazy(() => import('./deliveries-chart.tsx'));

interface DeliveriesPanelProps {
  account: string;
  overview: Overview;
  range: Range;
}

export function DeliveriesPanel({ account, overview, range }: DeliveriesPanelProps) {
  const navigate = useNavigate();
  const showLogs = (at: string) => {
    const until = new Date(Date.parse(at) + overview.stepSeconds * 1000).toISOString();
    return navigate({ to: '/a/$account/logs', params: { account }, search: { since: at, until } });
  };
  return (
    <Panel title="Over time" action={<Legend totals={overview.totals} />}>
      <Suspense fallback={<Skeleton height={240} />}>
        <DeliveriesChart overview={overview} range={range} onChoose={showLogs} />
      </Suspense>
      <VisuallyHidden>
        <table>
          <caption>Deliveries of the last {RANGES[range].label}, by when they were made</caption>
          <thead>
            <tr>
              <th>Time</th>
              {OUTCOMES.map(({ name, label }) => (
                <th key={name}>{label}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {overview.buckets
              .filter((bucket) => sumOf(bucket) > 0)
              .map((bucket) => (
                <tr key={bucket.at}>
                  <th>{bucketText(bucket.at, overview.stepSeconds)}</th>
                  {OUTCOMES.map(({ name }) => (
                    <td key={name}>{bucket[name]}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </Panel>
  );
}

function Legend({ totals }: Pick<Overview, 'totals'>) {
  return (
    <Group gap="md">
      {OUTCOMES.filter(({ name }) => name !== 'cancelled' || totals.cancelled > 0).map(
        ({ name, label, color }) => (
          <Group key={name} gap={7} wrap="nowrap">
            <Dot color={color} />
            <Text size="sm" c="dimmed">
              {label}{' '}
              <Text span c="var(--mantine-color-text)" fw={600} className="count">
                {countText(totals[name])}
              </Text>
            </Text>
          </Group>
        ),
      )}
    </Group>
  );
}
