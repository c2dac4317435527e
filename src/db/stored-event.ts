import { type Day, dayAfter, onDays, openOrOn } from './days.ts';
import { LISTED_ID } from './deliveries.ts';
import type { Ingested, NewEvent } from './new-event.ts';
import type { Queryable } from './pool.ts';

/** The answer to an event that was sent before: the same as then, or a conflict; undefined when it is not there. */
export async function storedBefore(db: Queryable, event: NewEvent): Promise<Ingested | undefined> {
  const names = await db.query<{ id: string; day: Day }>(
    'select id, day::text from event_names where account_id = $1 and (id = $2 or idempotency_key = $3)',
    [event.accountId, event.id ?? null, event.idempotencyKey ?? null],
  );
  const [named, another] = names.rows;
  if (!named) return undefined;
  const { rows } = await db.query<{
    id: string;
    content_hash: string;
    created_at: Date;
    deliver_at: Date | null;
    deliveries: { id: string; endpointId: string }[];
  }>(
    `select v.id, v.content_hash, v.created_at, v.deliver_at,
       coalesce((select json_agg(json_build_object('id', d.id, 'endpointId', d.endpoint_id) order by d.${LISTED_ID})
         from deliveries d
         where d.account_id = v.account_id and d.event_id = v.id and d.resend_of is null
           and ${openOrOn('d.day', [named.day, dayAfter(named.day)])}), '[]') as deliveries
     from events v
     where v.account_id = $1 and v.id = $2 and ${onDays('v.day', [named.day])}`,
    [event.accountId, named.id],
  );
  const [stored] = rows;
  if (!stored) {
    // Its day was dropped just as somebody gave it a name.
    await db.query(
      `delete from event_names n where n.account_id = $1 and n.id = $2 and ${onDays('n.day', [named.day])} and not exists (
         select from events v where v.account_id = $1 and v.id = $2 and ${onDays('v.day', [named.day])})`,
      [event.accountId, named.id],
    );
    return undefined;
  }
  const same =
    stored.content_hash === event.contentHash && (event.id === undefined || event.id === stored.id);
  if (another || !same) return { kind: 'conflict', id: stored.id };
  return {
    kind: 'accepted',
    repeated: true,
    id: stored.id,
    type: event.type,
    createdAt: stored.created_at,
    deliveries: stored.deliveries.map(({ id, endpointId }) => ({
      id,
      accountId: event.accountId,
      endpointId,
      eventType: event.type,
      ...(stored.deliver_at && { deliverAt: stored.deliver_at }),
    })),
  };
}
