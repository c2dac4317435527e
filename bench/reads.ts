import { nowMs } from './clock.ts';
import type { Merchant } from './merchant.ts';
import { percentile } from './statistics.ts';

export const READS = ['list', 'delivery', 'log'] as const;

/** Of what people look at, median milliseconds: the first page, one delivery, one delivery's log. */
export type ReadMs = Record<(typeof READS)[number], number>;

/** Deliveries of one account. */
export interface Shelf {
  merchant: Merchant;
  deliveryIds: readonly string[];
}

const PATHS: Record<keyof ReadMs, (id: string) => string> = {
  list: () => '/deliveries',
  delivery: (id) => `/deliveries/${id}`,
  log: (id) => `/deliveries/${id}/log`,
};

/** Reads each of these deliveries once, of two accounts in turns, and their first pages as often. */
export async function timeReads(one: Shelf, other: Shelf): Promise<{ one: ReadMs; other: ReadMs }> {
  const times = { one: timesOf(), other: timesOf() };
  const time = async ({ merchant }: Shelf, read: keyof ReadMs, id: string) => {
    const begunMs = nowMs();
    await merchant.call('GET', PATHS[read](id));
    return nowMs() - begunMs;
  };
  for (const read of READS)
    for (const [index, id] of one.deliveryIds.entries()) {
      times.one[read].push(await time(one, read, id));
      times.other[read].push(await time(other, read, other.deliveryIds[index] ?? ''));
    }
  return { one: medians(times.one), other: medians(times.other) };
}

const timesOf = (): Record<keyof ReadMs, number[]> => ({ list: [], delivery: [], log: [] });

const medians = ({ list, delivery, log }: ReturnType<typeof timesOf>): ReadMs => ({
  list: percentile(list, 0.5),
  delivery: percentile(delivery, 0.5),
  log: percentile(log, 0.5),
});
