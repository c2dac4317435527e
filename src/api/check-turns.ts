/** Checks that took longer than this together let everything else go first. */
const LONGEST_TURN_MS = 20;

let spentMs = 0;
let nextTurn: Promise<void> | undefined;

/** Runs a check, after those that were asked for before, and never many of them without a pause between. */
export async function inTurn<Result>(check: () => Result): Promise<Result> {
  while (spentMs >= LONGEST_TURN_MS) {
    nextTurn ??= turn();
    await nextTurn;
  }
  const startedAt = performance.now();
  try {
    return check();
  } finally {
    spentMs += performance.now() - startedAt;
  }
}

/** Ends once the event loop has been around: input was read, and other requests were served. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      spentMs = 0;
      nextTurn = undefined;
      resolve();
    });
  });
}
