import { nowMs } from './clock.ts';
import type { Merchant } from './merchant.ts';
import { percentile } from './statistics.ts';

export const READS = ['list', 'delivery', 'log'] as const;

/** Of what people look at, median milliseconds: the first page, one delivery, one delivery's log. */
export type ReadMs = Record<(typeof READS)[number], number>;

/** Reads each of these deliveries once, one after another, and the first page as often. */
export async function timeReads(merchant: Merchant, deliveryIds: readonly string[]): Promise<ReadMs> {
  const timed = async (pathOf: (id: string) => string) => {
    const times: number[] = [];
    for (const id of deliveryIds) {
      const begunMs = nowMs();
      await merchant.call('GET', pathOf(id));
      times.push(nowMs() - begunMs);
    }
    return percentile(times, 0.5);
  };
  return {
    list: await timed(() => '/deliveries'),
    delivery: await timed((id) => `/deliveries/${id}`),
    log: await timed((id) => `/deliveries/${id}/log`),
  };
}
