import { type CommittedDelivery, type DeliveryStatus, isFinal } from '../domain/delivery.ts';
import { AppError } from '../domain/errors.ts';
import { type Day, onDays, openOrOnDayOf } from './days.ts';
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
    const isDelivery = `d.account_id is not distinct from $1 and d.id = $2 and ${openOrOnDayOf('d.day', deliveryId)}`;
    const of = await db.query<{ event_id: string; event_day: Day }>(
      `select event_id, event_day::text from deliveries d where ${isDelivery}`,
      [accountId, deliveryId],
    );
    const [about] = of.rows;
    if (!about) return { kind: 'unknown' };
    const event = [accountId, about.event_id];
    const isEvent = `account_id = $1 and id = $2 and ${onDays('day', [about.event_day])}`;
    // The event before its delivery, as whoever drops it does: that is waited for, and then nothing is found.
    const found = await db.query<{ expunged: boolean }>(
      `select expunged_at is not null as expunged from events where ${isEvent} for key share`,
      event,
    );
    const { rows } = await db.query<{
      status: DeliveryStatus;
      endpoint_id: string;
      event_type: string;
      endpoint_deleted: boolean;
    }>(
      `with d as materialized (
         select status, endpoint_id, event_type from deliveries d where ${isDelivery} for update
       )
       select d.*, e.deleted_at is not null as endpoint_deleted from d join endpoints e on e.id = d.endpoint_id`,
      [accountId, deliveryId],
    );
    const [original] = rows;
    if (!original || !found.rows[0]) return { kind: 'unknown' };
    if (!isFinal(original.status)) return { kind: 'unfinished' };
    if (found.rows[0].expunged)
      throw new AppError(409, 'payload_expunged', 'The payload of its event is no longer kept.');
    const { endpoint_id: endpointId, event_type: eventType } = original;
    if (original.endpoint_deleted) return { kind: 'endpoint_deleted', endpointId };

    const underWay = await db.query<{ id: string }>(
      'select id from deliveries where account_id = $1 and resend_of = $2 and day is null and completed_at is null limit 1',
      [accountId, deliveryId],
    );
    if (underWay.rows[0]) return { kind: 'under_way', id: underWay.rows[0].id };

    const created = await db.query<{ id: string }>(
      `insert into deliveries (account_id, event_id, event_day, endpoint_id, event_type, resend_of)
       values ($1, $2, $3, $4, $5, $6) returning id`,
      [...event, about.event_day, endpointId, eventType, deliveryId],
    );
    const { id } = created.rows[0] as { id: string };
    await db.query(
      `update events set resent_on = resent_on || day_of($3)
       where ${isEvent} and day_of($3) <> all (resent_on || day)`,
      [...event, id],
    );
    await also(db, id);
    return { kind: 'created', delivery: { id, accountId, endpointId, eventType } };
  });
}
