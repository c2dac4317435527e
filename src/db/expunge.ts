import { CHANGE_ACTIONS } from '../domain/story.ts';
import { writeAudit } from './audit.ts';
import { onDays } from './days.ts';
import { EVENT_DAYS, type EventDays, possibleDaysOf } from './event-days.ts';
import { type Database, inTransaction, type Queryable } from './pool.ts';
import { forgetPayloads } from './retention.ts';

/**
 * Drops an event's data and everything that was answered to it, and asks its open deliveries to stop; the relay
 * sends that after the commit. An attempt that is under way ends, and its answer is not kept.
 *
 * @returns `already`: it was dropped before, and nothing has changed
 */
export function expungePayload(
  database: Database,
  accountId: string,
  eventId: string,
  by: string,
): Promise<'expunged' | 'already' | 'unknown'> {
  return inTransaction(database, async (db) => {
    // Held against new deliveries of it: a resend waits, and then finds no payload.
    const days = await possibleDaysOf(db, accountId, eventId);
    const { rows } = await db.query<EventDays & { expunged: boolean }>(
      `select id, ${EVENT_DAYS}, expunged_at is not null as expunged from events
       where account_id = $1 and id = $2 and ${onDays('day', days)} for update`,
      [accountId, eventId],
    );
    const [event] = rows;
    if (!event) return 'unknown';
    if (event.expunged) return 'already';
    await forgetPayloads(db, accountId, [event]);
    await cancelOpenDeliveries(db, accountId, eventId, by);
    await writeAudit(db, { accountId, actor: by, action: 'event.payload_expunged', target: eventId });
    return 'expunged';
  });
}

/**
 * Asks for the end of every open delivery of an event, and writes down who did. One that waits in a lane has no workflow
 * to be asked, and ends when its turn comes.
 */
async function cancelOpenDeliveries(
  db: Queryable,
  accountId: string,
  eventId: string,
  by: string,
): Promise<void> {
  await db.query(
    `with its as materialized (
       -- All of them: no plan shall take the index of what is open, of all accounts, for it.
       select id, completed_at, lane_place from deliveries where account_id = $1 and event_id = $2 and day is null
     ), open as (
       select id from its where completed_at is null and lane_place is null
     ), noted as (
       insert into audit_log (account_id, actor, action, target, details)
       select $1, $3, $4, id, jsonb_build_object('because', 'payload_expunged') from open
     )
     insert into signals (account_id, delivery_id, name, args)
     select $1, id, 'cancel', jsonb_build_object('by', $3::text) from open`,
    [accountId, eventId, by, CHANGE_ACTIONS.cancel],
  );
}
