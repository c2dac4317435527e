import { PosthasteError } from '../../packages/client/src/index.ts';

/** What the command line ends with; docs/cli.md tells them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  conflict: 5,
  unreachable: 6,
  /** As of a program that Ctrl-C ended. */
  interrupted: 130,
} as const;

/** Ends a command with one line for people. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (!(error instanceof PosthasteError)) return EXIT.failed;
  switch (error.status) {
    case 0:
    case 502:
    case 503:
    case 504:
      return EXIT.unreachable;
    case 400:
    case 413:
    case 415:
    case 422:
      return EXIT.usage;
    case 401:
    case 403:
      return EXIT.refused;
    case 404:
      return EXIT.notFound;
    case 409:
      return EXIT.conflict;
    default:
      return EXIT.failed;
  }
}
