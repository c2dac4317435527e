import { Link } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import type { Overview } from '../api/client.ts';
import { millisecondsText } from '../parts/duration.ts';
import { TimeText } from '../parts/time-text.tsx';
import { countText, OUTCOMES, shareText, sumOf, waitingOf } from './outcomes.ts';
import type { Range } from './range.ts';
import { Tile } from './tile.tsx';

interface TilesProps {
  account: string;
  overview: Overview;
  range: Range;
}

/** How it went, in four figures. */
export function Tiles({ account, overview, range }: TilesProps) {
  const { totals, successRate, responseTime, waiting } = overview;
  const ended = totals.succeeded + totals.failed + totals.cancelled;
  return (
    <div className="tiles">
      <Tile title="Deliveries" figure={countText(sumOf(totals))}>
        {totals.failed > 0 ? (
          <Link
            className="quiet-link"
            to="/a/$account/logs"
            params={{ account }}
            search={{ status: 'failed', last: range }}
          >
            {countText(totals.failed)} failed
          </Link>
        ) : (
          'None failed'
        )}
      </Tile>
      <Tile title="Success rate" figure={successRate === undefined ? '–' : shareText(successRate)}>
        {ended > 0 ? <Shares totals={totals} /> : 'None has ended yet'}
      </Tile>
      <Tile
        title="Response time"
        figure={
          responseTime ? (
            <>
              {millisecondsText(responseTime.p50Ms)} <small>median</small>
            </>
          ) : (
            '–'
          )
        }
      >
        {responseTime ? (
          <>
            95 % within <strong>{millisecondsText(responseTime.p95Ms)}</strong>
          </>
        ) : (
          'No answer yet'
        )}
      </Tile>
      <Tile title="Waiting now" figure={countText(waitingOf(overview))}>
        {waiting.nextAt ? (
          <>
            Next <TimeText at={waiting.nextAt} />
          </>
        ) : (
          'None sleeps'
        )}
      </Tile>
    </div>
  );
}

/** Of those that ended, as a bar. */
function Shares({ totals }: Pick<Overview, 'totals'>) {
  const ended = OUTCOMES.filter(({ name }) => name !== 'open' && totals[name] > 0);
  return (
    <div className="shares" aria-hidden>
      {ended.map(({ name, color }) => (
        <span
          key={name}
          style={{ '--share': totals[name], '--dot': `var(--mantine-color-${color}-6)` } as CSSProperties}
        />
      ))}
    </div>
  );
}
