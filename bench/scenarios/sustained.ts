import { SENDERS, startFlood } from '../flood.ts';
import type { Scenario } from '../scenario.ts';
import { beginWindow, cpuFigures } from '../window.ts';

/** As much as other senders of webhooks are given when they are measured. */
const MAX_CONCURRENCY = 100;

/** So long rates rise, for V8 compiles what is called often: in the first seconds they are a third of what they get to be. */
const WARM_UP_MS = 20_000;

/** CPU of Node, Temporal and Postgres. */
const MOST_CPU_MS = 2;

/**
 * As many deliveries as the whole path bears, while events come as fast as they are accepted.
 *
 * @param eventsARequest when more than one, they go through `events/batch`
 */
export function sustained(name: string, eventsARequest: number, atLeast: number): Scenario {
  const how = eventsARequest === 1 ? 'single events' : `batches of ${eventsARequest}`;
  return {
    name,
    title: `as much as the whole path bears, ${SENDERS} senders of ${how}`,
    async measure({ open, cpu, quick }) {
      const merchant = await open(name, { maxConcurrency: MAX_CONCURRENCY });
      const flood = startFlood(merchant, { quick, eventsARequest });
      try {
        await flood.lasts(quick ? 1000 : WARM_UP_MS);
        const end = beginWindow(merchant, cpu);
        await flood.lasts(quick ? 2000 : 15_000);
        const { rate, cpuMs } = end();
        await flood.stop();
        await merchant.allSucceeded();
        return [
          {
            id: `${name}.deliveries`,
            label: `Deliveries, ${SENDERS} senders of ${how}`,
            unit: '/s',
            value: rate,
            target: { atLeast, atLeastOfRaw: 0.5 },
          },
          ...cpuFigures(name, cpuMs, { atMost: MOST_CPU_MS }),
        ];
      } finally {
        await flood.stop();
      }
    },
  };
}
