/** How many there are of each name; a name of which there is none is not in it. */
export type Counts = Map<string, number>;

/** Counts one more of a name, or one less. */
export function count(counts: Counts, name: string, step: 1 | -1): void {
  const now = (counts.get(name) ?? 0) + step;
  if (now > 0) counts.set(name, now);
  else counts.delete(name);
}
