/** An attempt that could not be recorded is known to this process alone, for so long. */
const UNRECORDED_FOR_MS = 600_000;

/**
 * What is under way in this process, or was of late, by name. What fails is not kept.
 *
 * @param recordedForMs so long an outcome is kept of which the database has all; 0: not at all
 * @param isUnrecorded whether it has not
 */
export function createKept<Result>(recordedForMs: number, isUnrecorded: (result: Result) => boolean) {
  const kept = new Map<string, Promise<Result>>();
  return {
    keep(name: string, made: Promise<Result>): void {
      kept.set(name, made);
      const forget = () => kept.delete(name);
      made.then((result) => {
        const keptMs = isUnrecorded(result) ? UNRECORDED_FOR_MS : recordedForMs;
        if (keptMs > 0) setTimeout(forget, keptMs).unref();
        else forget();
      }, forget);
    },
    get: (name: string): Promise<Result> | undefined => kept.get(name),
    /** For one only. */
    take(name: string): Promise<Result> | undefined {
      const made = kept.get(name);
      kept.delete(name);
      return made;
    },
    ended: () => Promise.allSettled(kept.values()),
  };
}
