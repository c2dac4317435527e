import { availableParallelism } from 'node:os';
import { nowMs } from './clock.ts';
import { type CpuMs, readMachineBusyMs, total } from './cpu.ts';

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
    return (ended.othersMs - begun.othersMs) / (ended.atMs - begun.atMs) / availableParallelism();
  };
}
