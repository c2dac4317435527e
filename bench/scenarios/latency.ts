import { openLoop, type Sample } from '../open-loop.ts';
import type { Figure, Scenario, Target } from '../scenario.ts';
import { percentile } from '../statistics.ts';

/** Most milliseconds. */
interface LatencyTargets {
  receivedP50: number;
  receivedP99: number;
  ingestP50?: number;
  ingestP99?: number;
}

/** Request to received at a steady rate. */
export function latencyAt(ratePerS: number, targets: LatencyTargets): Scenario {
  const name = `latency_${ratePerS}`;
  return {
    name,
    title: `${ratePerS} events/s`,
    async measure({ open, arrivals, quick }) {
      const merchant = await open(name);
      const samples = await openLoop({
        merchant,
        arrivals,
        ratePerS,
        warmUpS: quick ? 0.5 : 2,
        measuredS: quick ? 1 : 15,
      });
      await merchant.allSucceeded();

      const figure = (of: keyof Sample, share: number, label: string, atMost?: number): Figure => ({
        id: `${name}.${of.replace('Ms', '')}_p${share * 100}`,
        label: `${ratePerS} events/s: ${label}, p${share * 100}`,
        unit: 'ms',
        value: percentile(
          samples.map((sample) => sample[of]),
          share,
        ),
        ...(atMost !== undefined && { target: { atMost } satisfies Target }),
      });
      return [
        figure('receivedMs', 0.5, 'request to received', targets.receivedP50),
        figure('receivedMs', 0.99, 'request to received', targets.receivedP99),
        figure('ingestMs', 0.5, 'ingest answered', targets.ingestP50),
        figure('ingestMs', 0.99, 'ingest answered', targets.ingestP99),
        figure('lateMs', 0.5, 'of which sent late by the bench'),
      ];
    },
  };
}
