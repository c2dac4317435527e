import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../clock.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { percentile } from '../statistics.ts';

interface LatencyTargets {
  /** Milliseconds, at the median. */
  receivedP50?: number;
  ingestP50?: number;
}

/**
 * Events at a steady rate, on a schedule that waits for nobody. Times count from when a request was due, so that
 * a stall is felt by every request due during it (no coordinated omission).
 */
export function latencyAt(ratePerS: number, targets: LatencyTargets = {}): Scenario {
  const name = `latency_${ratePerS}`;
  return {
    name,
    title: `${ratePerS} events/s`,
    async measure({ merchant, arrivals, quick }) {
      const warmUpS = quick ? 0.5 : 2;
      const measuredS = quick ? 1 : 15;
      const events = Math.round((warmUpS + measuredS) * ratePerS);
      const startMs = nowMs();
      const samples = await Promise.all(
        Array.from({ length: events }, async (_, index) => {
          const dueMs = startMs + (index * 1000) / ratePerS;
          // Whole milliseconds, for a timer cuts the rest off and would fire too early.
          await delay(Math.ceil(dueMs - nowMs()));
          const { id, sentAtMs, answeredAtMs } = await merchant.send();
          return {
            lateMs: sentAtMs - dueMs,
            ingestMs: answeredAtMs - dueMs,
            receivedMs: (await arrivals.of(id)) - dueMs,
          };
        }),
      );
      await merchant.allSucceeded();

      const measured = samples.slice(Math.round(warmUpS * ratePerS));
      const figure = (of: keyof (typeof measured)[number], share: number, label: string): Figure => ({
        id: `${name}.${of.replace('Ms', '')}_p${share * 100}`,
        label: `${ratePerS} events/s: ${label}, p${share * 100}`,
        unit: 'ms',
        value: percentile(
          measured.map((sample) => sample[of]),
          share,
        ),
      });
      const { receivedP50, ingestP50 } = targets;
      return [
        {
          ...figure('receivedMs', 0.5, 'request to received'),
          ...(receivedP50 !== undefined && { target: { atMost: receivedP50 } }),
        },
        figure('receivedMs', 0.99, 'request to received'),
        {
          ...figure('ingestMs', 0.5, 'ingest answered'),
          ...(ingestP50 !== undefined && { target: { atMost: ingestP50 } }),
        },
        figure('ingestMs', 0.99, 'ingest answered'),
        figure('lateMs', 0.5, 'of which sent late by the bench'),
      ];
    },
  };
}
