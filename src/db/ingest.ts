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
          coalesce(a.given_created_at, date_trunc('milliseconds', now())) as created_at,
          case when a.given_deliver_at > now() then a.given_deliver_at end as deliver_at,
          a.given_id is not null or a.idempotency_key is not null as is_named,
          row_number() over (partition by a.account_id, a.given_id order by a.place) as copy,
          accounts.id is not null as account_exists
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[],
          $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::int[],
          $16::text[])
          with ordinality as a (account_id, given_id, type, data, given_created_at, given_deliver_at, selz_token, content_hash,
            idempotency_key, profiles, patterns, test_endpoint_id, except_endpoint_id, ordering_key, turn, traceparent, place)
        left join accounts on accounts.id = a.account_id
      ), named as (
        insert into event_names (account_id, id, idempotency_key, day)
        select account_id, id, idempotency_key, (now() at time zone 'UTC')::date
        from asked where account_exists and is_named and (given_id is null or copy = 1)
        on conflict do nothing
        returning account_id, id
      ), judged as materialized (
        -- What becomes of each is said here, and looked up by place: to join it with what was inserted would compare each
        -- with each.
        select a.*, account_exists and (not is_named
          or (account_id, id) in (select account_id, id from named) and (given_id is null or copy = 1)) as is_new
        from asked a
      ), inserted as (
        insert into events (account_id, id, type, data, created_at, deliver_at, selz_token, content_hash,
          idempotency_key, test, ordering_key, traceparent)
        select account_id, id, type, data, created_at, deliver_at, selz_token, content_hash, idempotency_key,
          test_endpoint_id is not null, ordering_key, traceparent
        from judged where is_new
      ), spread as materialized (
        select new_id('dlv') as id, j.place, j.account_id, j.id as event_id, e.id as endpoint_id, j.type, j.turn, j.deliver_at,
          case when e.ordered then j.ordering_key end as ordering_key
        from judged j
        join endpoints e on e.account_id = j.account_id and e.deleted_at is null
          and case when j.test_endpoint_id is not null then e.id = j.test_endpoint_id
            else e.profile = any (string_to_array(j.profiles, ' '))
              and e.events && string_to_array(j.patterns, ' ') and e.id is distinct from j.except_endpoint_id end
        where j.is_new
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
      ), lane_ends as materialized (
        select jsonb_object_agg(endpoint_id || ' ' || ordering_key, last_place) as last from entered
      ), placed as materialized (
        select id, place, account_id, event_id, endpoint_id, type, deliver_at, ordering_key, null::bigint as lane_place
        from spread where ordering_key is null
        union all
        select id, place, account_id, event_id, endpoint_id, type, deliver_at, ordering_key,
          nullif((l.last ->> (endpoint_id || ' ' || ordering_key))::bigint - many + nth, 0)
        from coming cross join lane_ends l
      ), committed as (
        insert into deliveries (id, account_id, event_id, endpoint_id, event_type, next_attempt_at, ordering_key, lane_place)
        select id, account_id, event_id, endpoint_id, type, deliver_at, ordering_key, lane_place from placed
      ), told as materialized (
        select jsonb_object_agg(place, deliveries) as by_place
        from (
          select place, jsonb_agg(jsonb_build_object('id', id, 'endpointId', endpoint_id, 'waits', lane_place is not null)
            order by id) as deliveries
          from placed group by place) each
      )
      select place::int, account_exists, id, case when is_new then created_at end as created_at,
        coalesce(told.by_place -> place::text, '[]') as deliveries
      from judged cross join told
      order by place`,
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
