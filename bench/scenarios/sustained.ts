import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../clock.ts';
import { type CpuMs, minus } from '../cpu.ts';
import type { Scenario } from '../scenario.ts';

/** Events under way at once. */
const CONCURRENCY = 64;

/**
 * As many deliveries as the whole path bears: 64 senders, each of which sends its next event when its last one has
 * been received, so that nothing piles up.
 */
export const sustained: Scenario = {
  name: 'sustained',
  title: `whole path, ${CONCURRENCY} events under way`,
  async measure({ merchant, arrivals, cpu, quick }) {
    const warmUpS = quick ? 1 : 5;
    const measuredS = quick ? 2 : 20;
    let goOn = true;
    const sender = async () => {
      while (goOn) await arrivals.of((await merchant.send()).id);
    };
    const senders = Promise.all(Array.from({ length: CONCURRENCY }, sender));
    const state = () => ({ atMs: nowMs(), received: arrivals.count(), cpu: cpu() });

    await Promise.race([delay(warmUpS * 1000), senders]);
    const begun = state();
    await Promise.race([delay(measuredS * 1000), senders]);
    const ended = state();
    goOn = false;
    await senders;
    await merchant.allSucceeded();

    const deliveries = ended.received - begun.received;
    const used = minus(ended.cpu, begun.cpu);
    const perDelivery = (part: keyof CpuMs) => ({
      unit: 'ms' as const,
      value: used[part] / deliveries,
    });
    return [
      {
        id: 'sustained.deliveries',
        label: `Deliveries, ${CONCURRENCY} under way`,
        unit: '/s',
        value: (deliveries * 1000) / (ended.atMs - begun.atMs),
        target: { atLeast: 45 },
      },
      { id: 'sustained.cpu_node', label: 'CPU a delivery: Node', ...perDelivery('node') },
      { id: 'sustained.cpu_temporal', label: 'CPU a delivery: Temporal', ...perDelivery('temporal') },
      { id: 'sustained.cpu_postgres', label: 'CPU a delivery: Postgres', ...perDelivery('postgres') },
      { id: 'sustained.cpu_bench', label: 'CPU a delivery: sender, receiver', ...perDelivery('bench') },
    ];
  },
};
