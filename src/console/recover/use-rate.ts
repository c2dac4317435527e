import { useEffect, useState } from 'react';

/** The rate is that of so long lately. */
const WINDOW_MS = 10_000;
/** Of less it cannot be told. */
const SHORTEST_MS = 1000;

interface Sample {
  at: number;
  done: number;
}

/**
 * How many are done in a second, as seen from here.
 *
 * @param at when so many were done, in milliseconds
 */
export function useRate(done: number, at: number): number | undefined {
  const [samples, setSamples] = useState<Sample[]>([]);
  useEffect(() => {
    setSamples((before) => [...before.filter((one) => at - one.at < WINDOW_MS), { at, done }]);
  }, [at, done]);
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at - first.at < SHORTEST_MS) return undefined;
  return ((last.done - first.done) / (last.at - first.at)) * 1000;
}
