import { availableParallelism } from 'node:os';
import { nowMs } from './clock.ts';
import { type CpuMs, readMachineBusyMs, total } from './cpu.ts';

/** The kernel counts in ticks of 10 ms: of a shorter time nothing can be said. */
const LEAST_MS = 1000;

/**
 * Begins to watch how much of the machine goes to processes that are no part of the bench; they make its figures
 * worse than they are.
 *
 * @param ours CPU used so far by all that is part of it
 * @returns says, when called, their share of all cores since, 0 to 1
 */
export function watchOthers(ours: () => CpuMs): () => number {
  const state = () => ({ atMs: nowMs(), othersMs: readMachineBusyMs() - total(ours()) });
  const begun = state();
  return () => {
    const ended = state();
    if (ended.atMs - begun.atMs < LEAST_MS) return 0;
    return (ended.othersMs - begun.othersMs) / (ended.atMs - begun.atMs) / availableParallelism();
  };
}
