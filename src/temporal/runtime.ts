import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

/**
 * Installs Temporal's native runtime, once per process: it leaves SIGINT and SIGTERM to us, for stopping has
 * one place, and its warnings go to our log.
 */
export function installRuntime(logger: Logger): void {
  if (Runtime._instance) return;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      logger[level === 'ERROR' ? 'error' : 'warn']({ temporal: meta }, message);
    }),
    telemetryOptions: { logging: { filter: 'temporal_sdk_core=WARN', forward: {} } },
  });
}
