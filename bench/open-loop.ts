import { setTimeout as delay } from 'node:timers/promises';
import type { Arrivals } from './arrivals.ts';
import { nowMs } from './clock.ts';
import type { Merchant } from './merchant.ts';

/** One event, in milliseconds since its request was due. */
export interface Sample {
  /** When the bench sent it. */
  lateMs: number;
  /** When the API had answered. */
  ingestMs: number;
  /** When it was received. */
  receivedMs: number;
}

export interface OpenLoop {
  merchant: Merchant;
  arrivals: Arrivals;
  ratePerS: number;
  /** What is sent first and not counted. */
  warmUpS: number;
  measuredS: number;
}

/**
 * Sends events at a steady rate, on a schedule that waits for nobody. Times count from when a request was due, so
 * that a stall is felt by every request due during it (no coordinated omission).
 */
export async function openLoop({
  merchant,
  arrivals,
  ratePerS,
  warmUpS,
  measuredS,
}: OpenLoop): Promise<Sample[]> {
  const events = Math.round((warmUpS + measuredS) * ratePerS);
  const startMs = nowMs();
  const samples = await Promise.all(
    Array.from({ length: events }, async (_, index) => {
      const dueMs = startMs + (index * 1000) / ratePerS;
      // Timers know whole milliseconds only and may fire too early, which would make latency look shorter.
      for (let leftMs = dueMs - nowMs(); leftMs > 0; leftMs = dueMs - nowMs()) await delay(Math.ceil(leftMs));
      const { deliveryIds, sentAtMs, answeredAtMs } = await merchant.send();
      const receivedAtMs = Math.max(...(await Promise.all(deliveryIds.map((id) => arrivals.of(id)))));
      return { lateMs: sentAtMs - dueMs, ingestMs: answeredAtMs - dueMs, receivedMs: receivedAtMs - dueMs };
    }),
  );
  return samples.slice(Math.round(warmUpS * ratePerS));
}
