import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import type { Overview } from '../api/client.ts';
import { Dot } from '../parts/dot.tsx';
import { Panel } from '../parts/panel.tsx';
import { DELIVERY_WORDS } from '../parts/status-badge.tsx';
import { hourText } from './axis.ts';
import { countText } from './outcomes.ts';

const STATUSES = ['pending', 'delivering', 'retrying', 'held'] as const;
/** So many hours in which some wake are listed. */
const MOST_HOURS = 6;

/** What has not ended, and when it goes on. */
export function WaitingPanel({ account, waiting }: { account: string; waiting: Overview['waiting'] }) {
  return (
    <Panel title="What waits">
      <ul className="counts">
        {STATUSES.map((status) => {
          const [label, color] = DELIVERY_WORDS[status];
          return (
            <li key={status}>
              <Dot color={color} />
              <Link className="quiet-link" to="/a/$account/logs" params={{ account }} search={{ status }}>
                {label}
              </Link>
              <span className="count">{countText(waiting[status])}</span>
            </li>
          );
        })}
      </ul>
      {waiting.due.length > 0 && <Due due={waiting.due} />}
    </Panel>
  );
}

/** When sleeping deliveries wake, hour by hour. */
function Due({ due }: { due: Overview['waiting']['due'] }) {
  const ordered = [...due].sort((a, b) => (a.at < b.at ? -1 : 1));
  const listed = ordered.slice(0, MOST_HOURS);
  const most = Math.max(...listed.map(({ count }) => count));
  const later = ordered.slice(MOST_HOURS).reduce((sum, { count }) => sum + count, 0);
  return (
    <div>
      <Text size="sm" c="dimmed" mb={8}>
        When they wake
      </Text>
      <ol className="due">
        {listed.map(({ at, count }) => (
          <li key={at}>
            <time dateTime={at}>{hourText(at)}</time>
            <span className="due-bar" style={{ '--share': count / most } as CSSProperties} />
            <span className="count">{countText(count)}</span>
          </li>
        ))}
      </ol>
      {later > 0 && (
        <Text size="sm" c="dimmed" mt={8}>
          and {countText(later)} later
        </Text>
      )}
    </div>
  );
}
