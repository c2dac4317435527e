import { type Logger, type LoggerOptions, pino } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * What every logger of ours has. Of an error only what says where it came from: the database's `detail` and `where`
 * quote whole rows, secrets and payloads and all.
 */
export const LOG_OPTIONS: LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ['req.headers.authorization', 'headers.authorization', 'secret', 'apiKey'],
  serializers: { err: toldError, temporal: toldByTemporal },
};

/** Longest chain of causes that is told. */
const MOST_CAUSES = 5;

/** What Temporal's own parts say, with an error of ours in it when an activity fails. */
function toldByTemporal({ error, ...facts }: Record<string, unknown> = {}): unknown {
  return { ...facts, ...(error !== undefined && { error: toldError(error) }) };
}

function toldError(error: unknown, depth = 0): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, message, stack, code, constraint, table, cause } = error as Record<string, unknown>;
  return {
    type: name,
    message,
    stack,
    code,
    constraint,
    table,
    ...(cause !== undefined && depth < MOST_CAUSES && { cause: toldError(cause, depth + 1) }),
  };
}

/** Structured log lines on standard error, so that standard output stays with the person at the terminal. */
export function createLogger(level: (typeof LOG_LEVELS)[number]): Logger {
  return pino({ ...LOG_OPTIONS, level }, pino.destination({ dest: 2, sync: false }));
}
