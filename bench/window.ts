import { nowMs } from './clock.ts';
import { type CpuMs, minus } from './cpu.ts';
import type { Merchant } from './merchant.ts';
import type { Figure, Target } from './scenario.ts';

/** What was received, and used, between two moments. */
export interface Window {
  /** Deliveries a second. */
  rate: number;
  /** CPU a delivery. */
  cpuMs: CpuMs;
}

/** Begins to measure. @returns ends it */
export function beginWindow(merchant: Merchant, cpu: () => CpuMs): () => Window {
  const state = () => ({ atMs: nowMs(), received: merchant.received(), cpu: cpu() });
  const begun = state();
  return () => {
    const ended = state();
    const deliveries = ended.received - begun.received;
    const { node, temporal, postgres, bench } = minus(ended.cpu, begun.cpu);
    return {
      rate: (deliveries * 1000) / (ended.atMs - begun.atMs),
      cpuMs: {
        node: node / deliveries,
        temporal: temporal / deliveries,
        postgres: postgres / deliveries,
        bench: bench / deliveries,
      },
    };
  };
}

/** CPU a delivery: each part, what they use together, and apart from that the bench. */
export function cpuFigures(scenario: string, cpuMs: CpuMs, whole?: Target): Figure[] {
  const figure = (part: string, label: string, value: number): Figure => ({
    id: `${scenario}.cpu_${part}`,
    label: `  CPU a delivery: ${label}`,
    unit: 'ms',
    value,
  });
  const { node, temporal, postgres, bench } = cpuMs;
  return [
    figure('node', 'Node', node),
    figure('temporal', 'Temporal', temporal),
    figure('postgres', 'Postgres', postgres),
    {
      ...figure('all', 'all parts together', node + temporal + postgres),
      ...(whole && { target: whole }),
    },
    figure('bench', 'sender and receiver besides', bench),
  ];
}
