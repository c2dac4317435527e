import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { beginWindow, cpuFigures } from '../window.ts';

/** Events under way at once. */
const CONCURRENCY = 64;

/**
 * Strictly one workflow for each delivery: 64 senders, each of which sends its next event when its last one has
 * been received, so that nothing piles up.
 */
export const burstOff: Scenario = {
  name: 'burst_off',
  title: `one workflow for each delivery, ${CONCURRENCY} events under way`,
  alone: { POSTHASTE_BURST: 'off' },
  async measure({ open, arrivals, cpu, quick }) {
    const merchant = await open('burst_off');
    let goOn = true;
    const sender = async () => {
      while (goOn) {
        const { deliveryIds } = await merchant.send();
        await Promise.all(deliveryIds.map((id) => arrivals.of(id)));
      }
    };
    const senders = Promise.all(Array.from({ length: CONCURRENCY }, sender));

    await Promise.race([delay(quick ? 1000 : 5000), senders]);
    const end = beginWindow(merchant, cpu);
    await Promise.race([delay(quick ? 2000 : 20_000), senders]);
    const { rate, cpuMs } = end();
    goOn = false;
    await senders;
    await merchant.allSucceeded();
    return [
      {
        id: 'burst_off.deliveries',
        label: `Deliveries, POSTHASTE_BURST=off, ${CONCURRENCY} under way`,
        unit: '/s',
        value: rate,
        target: { atLeast: 45 },
      },
      ...cpuFigures('burst_off', cpuMs),
    ];
  },
};
