import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.ts';
import { type CpuMs, minus } from './cpu.ts';

/** Most CPU that an idle product uses, in percent of one core. */
const SETTLED_PERCENT = 10;
const SETTLED_WITHIN_MS = 60_000;

/** CPU of all parts over that time, in percent of one core. */
export async function cpuPercent(cpu: () => CpuMs, overMs: number): Promise<number> {
  const state = () => ({ atMs: nowMs(), cpu: cpu() });
  const begun = state();
  await delay(overMs);
  const ended = state();
  const { node, temporal, postgres } = minus(ended.cpu, begun.cpu);
  return ((node + temporal + postgres) * 100) / (ended.atMs - begun.atMs);
}

/**
 * Waits until what was begun is done with; not for ever.
 *
 * @param withinMs default a minute
 */
export async function untilSettled(cpu: () => CpuMs, withinMs = SETTLED_WITHIN_MS): Promise<void> {
  const deadlineMs = nowMs() + withinMs;
  while ((await cpuPercent(cpu, 1000)) > SETTLED_PERCENT && nowMs() < deadlineMs);
}
