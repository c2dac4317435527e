import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { disableFailing, endpointsFailingFor } from '../db/endpoint-health.ts';
import { recallParked } from '../db/parking.ts';
import type { Duty } from './duties.ts';

/**
 * Disables endpoints where everything has failed for days. Their deliveries are held from then on, until somebody
 * resumes them.
 */
export function failingEndpointsDuty(
  { pool, logger }: { pool: Pool; logger: Logger },
  disableAfterHours: number,
): Duty {
  return {
    name: 'failing-endpoints',
    everyMs: 30_000,
    async run() {
      for (const endpointId of await endpointsFailingFor(pool, disableAfterHours)) {
        if (!(await disableFailing(pool, endpointId, disableAfterHours))) continue;
        await recallParked(pool, [endpointId]);
        logger.info({ endpointId, disableAfterHours }, 'disabled an endpoint that kept failing');
      }
    },
  };
}
