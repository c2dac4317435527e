import { type CommittedDelivery, type DeliveryStatus, isFinal } from '../domain/delivery.ts';
import { AppError } from '../domain/errors.ts';
import { type Database, inTransaction, type Queryable } from './pool.ts';

/** What became of a wish to send a finished delivery again. */
export type Resent =
  | { kind: 'created'; delivery: CommittedDelivery }
  /** A resend of it is still on its way. */
  | { kind: 'under_way'; id: string }
  | { kind: 'unfinished' }
  | { kind: 'endpoint_deleted'; endpointId: string }
  | { kind: 'unknown' };

/**
 * Makes a new delivery of the same event to the same endpoint. Of several at once one makes it and the others
 * find it: the finished delivery's row is the lock.
 *
 * @param also runs in the same transaction when a delivery was made
 * @throws {AppError} 409 the event's payload is expunged
 */
export function resendDelivery(
  database: Database,
  accountId: string,
  deliveryId: string,
  also: (db: Queryable, resendId: string) => Promise<unknown>,
): Promise<Resent> {
  return inTransaction(database, async (db): Promise<Resent> => {
    const { rows } = await db.query<{
      status: DeliveryStatus;
      endpoint_id: string;
      event_type: string;
      endpoint_deleted: boolean;
      expunged: boolean;
    }>(
      `select d.status, d.endpoint_id, d.event_type, e.deleted_at is not null as endpoint_deleted,
         v.expunged_at is not null as expunged
       from deliveries d
       join endpoints e on e.id = d.endpoint_id
       join events v on v.account_id = d.account_id and v.id = d.event_id
       where d.account_id = $1 and d.id = $2
       -- An event that is being dropped just now is waited for: then nothing is found.
       for update of d for key share of v`,
      [accountId, deliveryId],
    );
    const [original] = rows;
    if (!original) return { kind: 'unknown' };
    if (!isFinal(original.status)) return { kind: 'unfinished' };
    if (original.expunged)
      throw new AppError(409, 'payload_expunged', 'The payload of its event is no longer kept.');
    const { endpoint_id: endpointId, event_type: eventType } = original;
    if (original.endpoint_deleted) return { kind: 'endpoint_deleted', endpointId };

    const underWay = await db.query<{ id: string }>(
      'select id from deliveries where account_id = $1 and resend_of = $2 and completed_at is null limit 1',
      [accountId, deliveryId],
    );
    if (underWay.rows[0]) return { kind: 'under_way', id: underWay.rows[0].id };

    const created = await db.query<{ id: string }>(
      `insert into deliveries (account_id, event_id, endpoint_id, event_type, resend_of)
       select account_id, event_id, endpoint_id, event_type, id from deliveries where account_id = $1 and id = $2
       returning id`,
      [accountId, deliveryId],
    );
    const { id } = created.rows[0] as { id: string };
    await also(db, id);
    return { kind: 'created', delivery: { id, accountId, endpointId, eventType } };
  });
}
