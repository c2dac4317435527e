/** An attempt that could not be recorded is known to this process alone, for so long. */
export const UNRECORDED_KEPT_FOR_MS = 600_000;

/**
 * Has who asks for what is under way in this process, by its name, join it: it is not begun again. Nor is what is over and
 * could not be recorded: it was told to a workflow task, which Temporal repeats when it does not hear of it in time.
 */
export function createJoining<Result extends { kind: string }>() {
  const underWay = new Map<string, Promise<Result>>();
  return function joined(name: string, begin: () => Promise<Result>): Promise<Result> {
    const running = underWay.get(name);
    if (running) return running;
    const result = begin();
    underWay.set(name, result);
    const forget = () => underWay.delete(name);
    result.then(({ kind }) => {
      if (kind === 'unrecorded') setTimeout(forget, UNRECORDED_KEPT_FOR_MS).unref();
      else forget();
    }, forget);
    return result;
  };
}
