import { writeAudit } from './audit.ts';
import { markEndpointDeleted } from './endpoints.ts';
import { failWaiting } from './lane-waits.ts';
import { deleteListenerOf } from './listeners.ts';
import { signalOpenDeliveries } from './outbox.ts';
import { recallParked } from './parking.ts';
import type { Queryable } from './pool.ts';

/** Deliveries waiting in ordered lanes that are ended with their endpoint at once; the rest is left to a duty. */
const MOST_ENDED = 1000;

/**
 * Deletes an endpoint, and has its deliveries that are not over end; the relay tells them.
 *
 * @param db in a transaction that holds the endpoint's lock
 * @param by who does it, for the audit log and the logs of the deliveries
 */
export async function deleteEndpoint(
  db: Queryable,
  { id, accountId }: { id: string; accountId: string },
  by: string,
): Promise<void> {
  await markEndpointDeleted(db, id);
  await deleteListenerOf(db, id);
  await writeAudit(db, { accountId, actor: by, action: 'endpoint.deleted', target: id });
  await signalOpenDeliveries(db, id, by);
  await recallParked(db, [id]);
  await failWaiting(db, id, MOST_ENDED);
}
