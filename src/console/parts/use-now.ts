import { useCallback, useSyncExternalStore } from 'react';

interface Clock {
  now: Date;
  watchers: Set<() => void>;
  timer?: ReturnType<typeof setInterval>;
}

/** By how often they go on: one for all that looks at it, so that a long list is drawn again at once and not row by row. */
const clocks = new Map<number, Clock>();

function clockOf(everyMs: number): Clock {
  const clock = clocks.get(everyMs) ?? { now: new Date(), watchers: new Set() };
  clocks.set(everyMs, clock);
  return clock;
}

function useClock<T>(everyMs: number, read: (clock: Clock) => T): T {
  const watch = useCallback(
    (watcher: () => void) => {
      const clock = clockOf(everyMs);
      clock.now = new Date();
      if (clock.watchers.size === 0) {
        clock.timer = setInterval(() => {
          clock.now = new Date();
          for (const one of clock.watchers) one();
        }, everyMs);
      }
      clock.watchers.add(watcher);
      return () => {
        clock.watchers.delete(watcher);
        if (clock.watchers.size === 0) clearInterval(clock.timer);
      };
    },
    [everyMs],
  );
  return useSyncExternalStore(watch, () => read(clockOf(everyMs)));
}

/** The time, which goes on: what shows it is drawn again so often. */
export function useNow(everyMs: number): Date {
  return useClock(everyMs, ({ now }) => now);
}

/** What is said of the time; what shows it is drawn again only when it is another. */
export function useTextOfNow(everyMs: number, textAt: (now: Date) => string): string {
  return useClock(everyMs, () => textAt(new Date()));
}
