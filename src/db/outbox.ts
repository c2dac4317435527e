import type { CommittedDelivery } from '../domain/delivery.ts';
import type { Queryable } from './pool.ts';

/** A signal that a committed change asks for. */
export interface OutboxSignal {
  id: string;
  deliveryId: string;
  name: 'endpointChanged';
  args: { by?: string };
}

/** How long a relay that took rows has to finish with them before another may take them. */
const LEASE = '30 seconds';

/**
 * Takes deliveries that were committed and whose workflow is not known to be started, oldest first.
 *
 * @param graceMs leaves alone what is younger, for the process that committed it starts it at once
 */
export async function takeUnstarted(
  db: Queryable,
  graceMs: number,
  limit: number,
): Promise<CommittedDelivery[]> {
  const { rows } = await db.query<{
    id: string;
    account_id: string;
    endpoint_id: string;
    event_type: string;
    deliver_at: Date | null;
  }>(
    `update deliveries d set leased_until = now() + $3::interval
     from (
       select id from deliveries
       where started_at is null and created_at < now() - $1 * interval '1 millisecond'
         and (leased_until is null or leased_until < now())
       order by created_at limit $2
       for update skip locked
     ) due
     where d.id = due.id
     returning d.id, d.account_id, d.endpoint_id, d.event_type, d.next_attempt_at as deliver_at`,
    [graceMs, limit, LEASE],
  );
  return rows.map((row) => ({
    id: row.id,
    accountId: row.account_id,
    endpointId: row.endpoint_id,
    eventType: row.event_type,
    ...(row.deliver_at && { deliverAt: row.deliver_at }),
  }));
}

/**
 * Notes that the workflows of these deliveries are started. A delivery that is being claimed just now is passed
 * over, for the claim notes it too: two statements that wait for each other's rows would deadlock.
 */
export async function markStarted(db: Queryable, ids: string[]): Promise<undefined[]> {
  await db.query({
    name: 'mark-started',
    text: `
      update deliveries d set started_at = now()
      from (select id from deliveries where id = any($1) and started_at is null for update skip locked) free
      where d.id = free.id`,
    values: [ids],
  });
  return ids.map(() => undefined);
}

/** Asks for a look again by every open delivery of an endpoint; sent by the relay after the commit. */
export async function signalOpenDeliveries(db: Queryable, endpointId: string, by: string): Promise<void> {
  await db.query(
    `insert into signals (account_id, delivery_id, name, args)
     select account_id, id, 'endpointChanged', jsonb_build_object('by', $2::text)
     from deliveries where endpoint_id = $1 and completed_at is null`,
    [endpointId, by],
  );
}

/** Takes signals to send, oldest first. */
export async function takeSignals(db: Queryable, limit: number): Promise<OutboxSignal[]> {
  const { rows } = await db.query<OutboxSignal>(
    `update signals s set leased_until = now() + $2::interval
     from (
       select id from signals where leased_until is null or leased_until < now()
       order by id limit $1
       for update skip locked
     ) due
     where s.id = due.id
     returning s.id, s.delivery_id as "deliveryId", s.name, s.args`,
    [limit, LEASE],
  );
  return rows;
}

export async function deleteSignals(db: Queryable, ids: string[]): Promise<void> {
  await db.query('delete from signals where id = any($1::bigint[])', [ids]);
}
