import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.ts';
import type { Merchant } from './merchant.ts';

const DAY_MS = 86_400_000;
const EVENTS_A_REQUEST = 50;
/** Time to start the workflow of one delivery, at the slowest. */
const MOST_MS_EACH = 100;
const LOOK_EVERY_MS = 500;

/** Makes deliveries whose first attempt is a week ahead. @returns their ids */
export async function sendSleepers(merchant: Merchant, count: number): Promise<string[]> {
  const deliverAt = new Date(Date.now() + 7 * DAY_MS);
  const ids: string[] = [];
  while (ids.length < count) {
    const events = Math.min(EVENTS_A_REQUEST, count - ids.length);
    const accepted = await merchant.sendBatch(events, { deliverAt });
    ids.push(...accepted.flatMap(({ deliveryIds }) => deliveryIds));
  }
  return ids;
}

/**
 * Waits until the workflow of each of these deliveries tells its log, that is, until it was started. Workflows start
 * in turns, so a sample tells of all. @throws Error at a deadline that grows with their number
 */
export async function untilStarted(
  merchant: Merchant,
  sample: readonly string[],
  all: number,
): Promise<void> {
  const deadlineMs = nowMs() + 30_000 + all * MOST_MS_EACH;
  for (const id of sample)
    while ((await merchant.call<{ source: string }>('GET', `/deliveries/${id}/log`)).source !== 'workflow') {
      if (nowMs() > deadlineMs) throw new Error(`delivery ${id} has no workflow yet`);
      await delay(LOOK_EVERY_MS);
    }
}
