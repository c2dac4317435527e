/** What ends a command that would go on for ever. */
export interface Interruption {
  /** Aborted by the first Ctrl-C or SIGTERM. A second one ends the process at once. */
  signal: AbortSignal;
  /** Gives the signals back. */
  ignore(): void;
}

export function interruption(): Interruption {
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, leave);
  return {
    signal: leaving.signal,
    ignore() {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, leave);
    },
  };
}
