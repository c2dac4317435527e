import { useDocumentVisibility } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { leaveIfRefused } from '../api/queries.ts';
import type { LogsSearch } from './filter.ts';
import { watchDeliveries } from './live-rows.ts';

/** What came is told to those who listen so often, and not row by row. */
const TELL_EVERY_MS = 10_000;

export interface Live {
  /** `paused` while the window is not looked at. */
  state: 'off' | 'connecting' | 'live' | 'reconnecting' | 'paused' | 'refused';
  error: unknown;
  /** Rows that came or moved last. */
  fresh: ReadonlySet<string>;
  /** What came of late, in words. */
  told: string;
}

const QUIET = { error: undefined, fresh: new Set<string>(), told: '' };

/** Keeps the rows of a view as they are now, as long as it is looked at and that makes sense. */
export function useLive(account: string, search: LogsSearch): Live {
  const on = search.live === true && search.until === undefined;
  const visible = useDocumentVisibility() === 'visible';
  const [live, setLive] = useState<Live>({ state: 'off', ...QUIET });
  // One object as long as the view is the same.
  const text = JSON.stringify(search);
  const view = useMemo((): LogsSearch => JSON.parse(text), [text]);

  useEffect(() => {
    setLive({ state: on ? (visible ? 'connecting' : 'paused') : 'off', ...QUIET });
    if (!on || !visible) return;
    const end = new AbortController();
    const change = (now: Partial<Live>) => setLive((before) => ({ ...before, ...now }));
    const counts = { made: 0, changed: 0 };
    const telling = setInterval(() => {
      const { made, changed } = counts;
      if (made + changed > 0) change({ told: `${made} new deliveries, ${changed} changed.` });
      Object.assign(counts, { made: 0, changed: 0 });
    }, TELL_EVERY_MS);
    watchDeliveries({
      account,
      view,
      signal: end.signal,
      onState: (state) => change({ state }),
      onRows(made, changed) {
        counts.made += made.length;
        counts.changed += changed.length;
        change({ fresh: new Set([...made, ...changed]) });
      },
    }).catch((error) => {
      leaveIfRefused(error);
      change({ state: 'refused', error });
    });
    return () => {
      end.abort();
      clearInterval(telling);
    };
  }, [account, view, on, visible]);
  return live;
}
