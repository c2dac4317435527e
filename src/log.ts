import { type Logger, pino } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Structured log lines on standard error, so that standard output stays with the person at the terminal. */
export function createLogger(level: (typeof LOG_LEVELS)[number]): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['req.headers.authorization', 'headers.authorization', 'secret', 'apiKey'],
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
