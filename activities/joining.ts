import { createKept } from './kept.ts';

/**
 * Has who asks for what is under way in this process, by its name, join it: it is not begun again. Nor is what is over and
 * could not be recorded: it was told to a workflow task, which Temporal repeats when it does not hear of it in time.
 */
export function createJoining<Result extends { kind: string }>() {
  const kept = createKept<Result>(0, ({ kind }) => kind === 'unrecorded');
  return function joined(name: string, begin: () => Promise<Result>): Promise<Result> {
    const running = kept.get(name);
    if (running) return running;
    const result = begin();
    kept.keep(name, result);
    return result;
  };
}
