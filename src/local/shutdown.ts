/** npm passes on a Ctrl-C that the terminal has already sent to us: within this time it is the same press. */
const SAME_PRESS_MS = 500;
/** POSTs under way may take 30 s and are finished first. */
const STOPPED_WITHIN_MS = 60_000;
const LOOK_AT_PARENT_EVERY_MS = 1000;

/**
 * Runs `stop` once when this process is asked to end (SIGINT, SIGTERM, SIGHUP), or when the npm that started it
 * is gone, then exits with 0. A second Ctrl-C, or a stop that fails or takes over a minute, exits at once; the
 * embedded servers stop by themselves then.
 */
export function onShutdown(stop: () => Promise<void>): void {
  let askedAt: number | undefined;
  const ask = () => {
    if (askedAt !== undefined) {
      if (Date.now() - askedAt > SAME_PRESS_MS) process.exit(130);
      return;
    }
    askedAt = Date.now();
    // The terminal may be gone already.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
    process.stderr.write('stopping…\n');
    setTimeout(() => fail(new Error(`not stopped within ${STOPPED_WITHIN_MS / 1000} s`)), STOPPED_WITHIN_MS);
    stop().then(() => process.exit(0), fail);
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && ask(), LOOK_AT_PARENT_EVERY_MS).unref();
  }
}

function fail(error: unknown): never {
  process.stderr.write(`posthaste: could not stop in order: ${(error as Error).message}\n`);
  process.exit(1);
}
