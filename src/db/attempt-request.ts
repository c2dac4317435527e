import type { ProfileName } from '../domain/delivery.ts';
import { type Day, onDays, openOrOnDayOf } from './days.ts';
import type { Queryable } from './pool.ts';

/** What the request of an attempt is made from, as it is kept. */
export interface AttemptSource {
  startedAt: Date;
  profile: ProfileName;
  url: string;
  headers: Record<string, string>;
  /** Those that were in force when the attempt was made, newest first. */
  secretsSealed: string[];
  /** Whether the URL, the headers or the secret were changed after the attempt. */
  endpointChangedSince: boolean;
  event: {
    id: string;
    type: string;
    createdAt: Date;
    acceptedAt: Date;
    selzToken: string;
    /** Null when it was dropped. */
    data: string | null;
  };
}

/**
 * Where an attempt that has ended came from; its last try, where it was interrupted. The endpoint is the one of now, even
 * if it is deleted. Undefined when there is no such attempt.
 */
export async function findAttemptSource(
  db: Queryable,
  accountId: string,
  deliveryId: string,
  number: number,
): Promise<AttemptSource | undefined> {
  const { rows } = await db.query<
    Omit<AttemptSource, 'event'> & { eventId: string; eventDay: Day; eventType: string }
  >(
    `select t.started_at as "startedAt", e.profile, e.url, e.headers,
       case when e.previous_secret_sealed is not null and e.previous_secret_expires_at > t.started_at
         then array[e.secret_sealed, e.previous_secret_sealed] else array[e.secret_sealed] end as "secretsSealed",
       exists (
         select from audit_log a
         where a.account_id = d.account_id and a.target = e.id and a.at > t.started_at
           and (a.action = 'endpoint.secret_rotated'
             or a.action = 'endpoint.updated'
               and (a.details -> 'changes' ?| '{url,headers}' or a.details -> 'fields' ? 'secret'))
       ) as "endpointChangedSince",
       d.event_id as "eventId", d.event_day::text as "eventDay", d.event_type as "eventType"
     from deliveries d
     join endpoints e on e.id = d.endpoint_id
     join attempts t on t.delivery_id = d.id and ${openOrOnDayOf('t.day', deliveryId)}
     where d.account_id = $1 and d.id = $2 and ${openOrOnDayOf('d.day', deliveryId)}
       and t.number = $3 and t.finished_at is not null
     order by t.try desc limit 1`,
    [accountId, deliveryId, number],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { eventId, eventDay, eventType, ...source } = row;
  const events = await db.query<Omit<AttemptSource['event'], 'id' | 'type'>>(
    `select created_at as "createdAt", accepted_at as "acceptedAt", selz_token as "selzToken", data
     from events where account_id = $1 and id = $2 and ${onDays('day', [eventDay])}`,
    [accountId, eventId],
  );
  const [event] = events.rows;
  // Its day was dropped just now, and the delivery with it.
  if (!event) return undefined;
  return { ...source, event: { id: eventId, type: eventType, ...event } };
}
