import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import type { Recovery } from '../api/client.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { outcomeQuery } from './queries.ts';

/** Each with the statuses that the logs show for it. */
const OUTCOMES = [
  { key: 'succeeded', label: 'Delivered', status: 'succeeded', color: 'teal' },
  { key: 'open', label: 'On their way', status: 'pending,delivering,retrying,held', color: 'blue' },
  { key: 'failed', label: 'Failed again', status: 'failed', color: 'red' },
  { key: 'cancelled', label: 'Cancelled', status: 'cancelled', color: 'gray' },
] as const;

/** What became of what was sent since; each number leads to the deliveries. */
export function Outcome({ account, recovery }: { account: string; recovery: Recovery }) {
  const { data, error, refetch } = useQuery(outcomeQuery(account, recovery));
  const { endpointId: endpoint, createdAt: since } = recovery;
  return (
    <Panel
      title="What became of it"
      text="All deliveries to this endpoint since the recovery began, new events among them."
    >
      {error && !data && <ProblemAlert error={error} retry={refetch} />}
      {!data && !error && <Skeleton height={64} />}
      {data && (
        <div className="outcomes">
          {OUTCOMES.map(({ key, label, status, color }) => (
            <Link
              key={key}
              to="/a/$account/logs"
              params={{ account }}
              search={{ endpoint, status, since }}
              className="outcome"
            >
              <span className="outcome-label">
                <span
                  className="dot"
                  style={{ '--dot': `var(--mantine-color-${color}-6)` } as CSSProperties}
                />
                {label}
              </span>
              <span className="outcome-number">{data.totals[key]}</span>
            </Link>
          ))}
        </div>
      )}
    </Panel>
  );
}
