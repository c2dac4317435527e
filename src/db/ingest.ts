import { patternsMatching } from '../domain/subscription.ts';
import { dayAfter, dayOf, daysOf, onDays } from './days.ts';
import type { Ingested, NewEvent } from './new-event.ts';
import type { Queryable } from './pool.ts';
import { storedBefore } from './stored-event.ts';

/** How often an event is stored anew whose name was taken, by one that was gone when it was looked at. */
const MOST_TRIES = 5;

interface IngestedRow {
  place: number;
  account_exists: boolean;
  id: string;
  created_at: Date | null;
  deliveries: { id: string; endpointId: string; waits: boolean }[];
}

/**
 * Stores events, each with a delivery per endpoint that subscribes to it, in one statement: either all of an
 * event is there or nothing of it. An event whose id or idempotency key is taken is answered from what is
 * stored.
 *
 * In a lane where a delivery has not ended the next one gets a place behind it, and waits. The lane's row is locked
 * until the commit, so that of several statements one comes after the other; in one order, so that none waits in a
 * circle.
 */
export async function ingestEvents(
  db: Queryable,
  events: NewEvent[],
  tries = MOST_TRIES,
): Promise<Ingested[]> {
  // The same events sent twice at once go in in one order, so that neither statement waits for the other in a circle.
  const ordered = events.toSorted(byName);
  const turnOf = new Map(events.map((event, turn) => [event, turn]));
  await nameTaken(db, events);
  const { rows } = await db.query<IngestedRow>({
    name: 'ingest-events',
    text: `
      with asked as materialized (
        select a.*, coalesce(a.given_id, new_id('evt')) as id,
          a.given_id is not null or a.idempotency_key is not null as is_named,
          row_number() over (partition by a.account_id, a.given_id order by a.place) as copy
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[],
          $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::int[],
          $16::text[])
          with ordinality as a (account_id, given_id, type, data, created_at, deliver_at, selz_token, content_hash,
            idempotency_key, profiles, patterns, test_endpoint_id, except_endpoint_id, ordering_key, turn, traceparent, place)
      ), named as (
        insert into event_names (account_id, id, idempotency_key, day)
        select a.account_id, a.id, a.idempotency_key, (now() at time zone 'UTC')::date
        from asked a join accounts on accounts.id = a.account_id
        where a.is_named and (a.given_id is null or a.copy = 1)
        on conflict do nothing
        returning account_id, id
      ), inserted as (
        insert into events (account_id, id, type, data, created_at, deliver_at, selz_token, content_hash,
          idempotency_key, test, ordering_key, traceparent)
        select a.account_id, a.id, a.type, a.data, coalesce(a.created_at, date_trunc('milliseconds', now())),
          case when a.deliver_at > now() then a.deliver_at end, a.selz_token, a.content_hash, a.idempotency_key,
          a.test_endpoint_id is not null, a.ordering_key, a.traceparent
        from asked a join accounts on accounts.id = a.account_id
        where not a.is_named
          or (a.account_id, a.id) in (select account_id, id from named) and (a.given_id is null or a.copy = 1)
        returning account_id, id, created_at
      ), spread as materialized (
        select new_id('dlv') as id, a.account_id, a.id as event_id, e.id as endpoint_id, a.type, a.turn,
          case when a.deliver_at > now() then a.deliver_at end as deliver_at,
          case when e.ordered then a.ordering_key end as ordering_key
        from inserted i
        join asked a on a.account_id = i.account_id and a.id = i.id and (a.given_id is null or a.copy = 1)
        join endpoints e on e.account_id = a.account_id and e.deleted_at is null
          and case when a.test_endpoint_id is not null then e.id = a.test_endpoint_id
            else e.profile = any (string_to_array(a.profiles, ' '))
              and e.events && string_to_array(a.patterns, ' ') and e.id is distinct from a.except_endpoint_id end
      ), coming as materialized (
        select s.*,
          row_number() over (partition by endpoint_id, ordering_key order by turn) as nth,
          count(*) over (partition by endpoint_id, ordering_key) as many
        from spread s where ordering_key is not null
      ), entered as (
        -- The first of a new lane is its front, and has no place.
        insert into lanes as l (endpoint_id, ordering_key, account_id, front_id, last_place, waiting)
        select endpoint_id, ordering_key, account_id, id, many - 1, many - 1
        from coming where nth = 1
        order by endpoint_id, ordering_key
        on conflict (endpoint_id, ordering_key) do update
          set last_place = l.last_place + excluded.waiting + 1, waiting = l.waiting + excluded.waiting + 1
        returning endpoint_id, ordering_key, last_place
      ), places as materialized (
        -- Looked up by name: to join them would compare each with each.
        select jsonb_object_agg(endpoint_id || ' ' || ordering_key, last_place) as last from entered
      ), committed as (
        insert into deliveries (id, account_id, event_id, endpoint_id, event_type, next_attempt_at, ordering_key, lane_place)
        select id, account_id, event_id, endpoint_id, type, deliver_at, null, null
        from spread where ordering_key is null
        union all
        select id, account_id, event_id, endpoint_id, type, deliver_at, ordering_key,
          nullif((p.last ->> (endpoint_id || ' ' || ordering_key))::bigint - many + nth, 0)
        from coming cross join places p
        returning id, account_id, event_id, endpoint_id, lane_place is not null as waits
      )
      select a.place::int, accounts.id is not null as account_exists, a.id, i.created_at,
        coalesce((
          select json_agg(json_build_object('id', c.id, 'endpointId', c.endpoint_id, 'waits', c.waits) order by c.id)
          from committed c where c.account_id = a.account_id and c.event_id = a.id), '[]') as deliveries
      from asked a
      left join accounts on accounts.id = a.account_id
      left join inserted i on i.account_id = a.account_id and i.id = a.id and (a.given_id is null or a.copy = 1)
      order by a.place`,
    values: [
      ordered.map(({ accountId }) => accountId),
      ordered.map(({ id }) => id ?? null),
      ordered.map(({ type }) => type),
      ordered.map(({ data }) => data),
      ordered.map(({ createdAt }) => createdAt ?? null),
      ordered.map(({ deliverAt }) => deliverAt ?? null),
      ordered.map(({ selzToken }) => selzToken),
      ordered.map(({ contentHash }) => contentHash),
      ordered.map(({ idempotencyKey }) => idempotencyKey ?? null),
      ordered.map(({ profiles }) => profiles.join(' ')),
      ordered.map(({ type }) => patternsMatching(type).join(' ')),
      ordered.map(({ testEndpointId }) => testEndpointId ?? null),
      ordered.map(({ exceptEndpointId }) => exceptEndpointId ?? null),
      ordered.map(({ orderingKey }) => orderingKey ?? null),
      ordered.map((event) => turnOf.get(event)),
      ordered.map(({ traceparent }) => traceparent ?? null),
    ],
  });
  const rowOf = new Map(ordered.map((event, index) => [event, rows[index]]));
  return Promise.all(events.map((event) => toIngested(db, event, rowOf.get(event) as IngestedRow, tries)));
}

/** Of an event that had no name so far, the id that was made for it becomes one when a caller gives it. */
async function nameTaken(db: Queryable, events: readonly NewEvent[]): Promise<void> {
  const taken = events.filter(({ id }) => id?.startsWith('evt_') && dayOf(id));
  if (taken.length === 0) return;
  const ids = taken.map(({ id = '' }) => id);
  const days = daysOf(ids).flatMap((day) => [dayAfter(day, -1), day]);
  await db.query(
    `insert into event_names (account_id, id, idempotency_key, day)
     select v.account_id, v.id, v.idempotency_key, v.day
     from (select * from unnest($1::text[], $2::text[]) as a (account_id, id) order by account_id, id) a
     -- Whoever drops its day just now is waited for.
     cross join lateral (
       select * from events v where v.account_id = a.account_id and v.id = a.id and ${onDays('v.day', days)} for key share) v
     on conflict do nothing`,
    [taken.map(({ accountId }) => accountId), ids],
  );
}

/** By id or idempotency key; of two with one id the first stays the first. */
function byName(a: NewEvent, b: NewEvent): number {
  const [one, other] = [nameOf(a), nameOf(b)];
  return one < other ? -1 : Number(one > other);
}

function nameOf({ accountId, id, idempotencyKey }: NewEvent): string {
  return `${accountId} ${id ?? idempotencyKey ?? ''}`;
}

async function toIngested(
  db: Queryable,
  event: NewEvent,
  row: IngestedRow,
  tries: number,
): Promise<Ingested> {
  if (!row.account_exists) return { kind: 'no_account' };
  if (!row.created_at) return (await storedBefore(db, event)) ?? again(db, event, tries - 1);
  const { accountId, type, deliverAt, traceparent } = event;
  return {
    kind: 'accepted',
    repeated: false,
    id: row.id,
    type,
    createdAt: row.created_at,
    deliveries: row.deliveries.map(({ id, endpointId, waits }) => ({
      id,
      accountId,
      endpointId,
      eventType: type,
      ...(deliverAt && { deliverAt }),
      ...(waits && { waitsInLane: true as const }),
      ...(traceparent !== undefined && { traceparent }),
    })),
  };
}

/** The event that was in the way is gone: its time of retention ended just then. */
async function again(db: Queryable, event: NewEvent, tries: number): Promise<Ingested> {
  if (tries === 0) throw new Error('the id or the idempotency key is taken by an event that is not there');
  const [ingested] = await ingestEvents(db, [event], tries);
  return ingested as Ingested;
}
