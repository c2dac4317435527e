/** The smallest value that at least `share` (0 to 1) of all values do not exceed; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/**
 * How many a second, in the first and in the last tenth of what happened at these times.
 *
 * @param timesMs milliseconds, in any order; at least ten
 */
export function ratesOfTenths(timesMs: readonly number[]): { first: number; last: number } {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const tenth = Math.floor(sorted.length / 10);
  const rate = (from: number, to: number) =>
    ((to - from) * 1000) / ((sorted[to] ?? Number.NaN) - (sorted[from] ?? Number.NaN));
  return { first: rate(0, tenth), last: rate(sorted.length - 1 - tenth, sorted.length - 1) };
}

/** So many of the items, evenly over all of them. */
export function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}
