import type { Pool } from 'pg';
import { DEFAULT_MAX_CONCURRENCY } from '../domain/schedule.ts';
import { inTransaction, type Queryable } from './pool.ts';

/** When a delivery that was told to go on, and has not come, is told again, after all others. */
export const WOKEN_FOR = '1 minute';

/**
 * How long room at an endpoint is kept for a delivery that was told to go on. When thousands wake at once, its task waits
 * behind theirs: meanwhile whoever comes is let by.
 */
export const ROOM_KEPT_FOR = '2 seconds';

/** SQL: how many were told to go on at an endpoint within this time, and have not come yet; of those `d` like this. */
export function wokenAt(endpointId: string, within: string, like = 'true'): string {
  return `(select count(*) from (
    select from deliveries d
    where d.endpoint_id = ${endpointId} and d.day is null and d.woken_at > now() - interval '${within}' and ${like}
    order by d.woken_at) woken)`;
}

/** SQL: a delivery that is parked has a workflow, or is about to have one: a burst has handed it over. */
export const HAS_WORKFLOW = '(started_at is not null or burst_id is not null)';

/** What to do about an endpoint that somebody else has locked. */
export type IfLocked = 'wait' | 'skip';

/**
 * SQL: the endpoints that the last {@link lockEndpointsOf} of this transaction has locked. A statement that says this goes
 * out right behind it, and does not wait for its answer. Read once for all rows, as a subquery is.
 */
export const JUST_LOCKED = `(select string_to_array(current_setting('posthaste.locked', true), ' '))::text[]`;

/**
 * Locks the endpoints of deliveries until the transaction ends; in one order, so that nobody waits in a circle.
 *
 * @returns of each delivery that there is its endpoint, and whether that is locked now
 */
export async function lockEndpointsOf(
  db: Queryable,
  deliveryIds: readonly string[],
  ifLocked: IfLocked,
): Promise<Map<string, { endpointId: string; isLocked: boolean }>> {
  const { rows } = await db.query<{ id: string; endpointId: string; isLocked: boolean }>({
    name: `lock-endpoints-of-${ifLocked}`,
    text: `
      with locked as materialized (
        select id from endpoints
        where id = any (array(select endpoint_id from deliveries where id = any($1) and day is null))
        order by id for no key update ${ifLocked === 'skip' ? 'skip locked' : ''}
      )
      select id, endpoint_id as "endpointId", endpoint_id in (select id from locked) as "isLocked",
        (select set_config('posthaste.locked', coalesce(string_agg(id, ' '), ''), true) from locked)
      from deliveries where id = any($1) and day is null`,
    values: [deliveryIds],
  });
  return new Map(rows.map(({ id, ...endpoint }) => [id, endpoint]));
}

async function lockEndpoints(
  db: Queryable,
  endpointIds: readonly string[],
  ifLocked: IfLocked,
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: `lock-endpoints-${ifLocked}`,
    text: `select id from endpoints where id = any($1)
      order by id for no key update ${ifLocked === 'skip' ? 'skip locked' : ''}`,
    values: [endpointIds],
  });
  return rows.map(({ id }) => id);
}

/**
 * Lets parked deliveries go on, oldest first, as many as their endpoints have room for; the relay tells
 * them, and starts those that were parked without a workflow. Those that were told before and did not come are told again
 * after all others. Repeating it changes nothing.
 *
 * @returns how many, and the endpoints that were skipped
 */
export function wakeParked(
  pool: Pool,
  endpointIds: readonly string[],
  ifLocked: IfLocked,
): Promise<{ woken: number; skipped: string[] }> {
  return inTransaction(pool, async (db) => {
    const locked = await lockEndpoints(db, endpointIds, ifLocked);
    const woken = await wakeParkedOfLocked(db, locked);
    return { woken, skipped: endpointIds.filter((id) => !locked.includes(id)) };
  });
}

/** The same, in a transaction that holds the endpoints' locks. */
export async function wakeParkedOfLocked(db: Queryable, endpointIds: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ woken: number }>({
    name: 'wake-parked',
    text: `
      with room as (
        select e.id, e.resumed_by,
          coalesce(e.max_concurrency, $2)
            - (select count(*) from deliveries d where d.endpoint_id = e.id and d.day is null and d.status = 'delivering')
            - ${wokenAt('e.id', WOKEN_FOR)} as free
        from endpoints e
        where e.id = any($1) and e.status = 'active'
      ), chosen as materialized (
        select next.id
        from room cross join lateral (
          select id from deliveries p
          where p.endpoint_id = room.id and p.day is null and p.parked_at is not null
            and (p.woken_at is null or p.woken_at <= now() - interval '${WOKEN_FOR}')
          order by p.woken_at nulls first, p.created_at, p.id
          limit greatest(room.free, 0)
        ) next
      ), woken as (
        update deliveries d set woken_at = now()
        -- As it still is when its lock is had; said so that no plan takes the index of those that are parked for it.
        where d.id = any (array(select id from chosen)) and d.day is null
          and coalesce(isfinite(d.parked_at), false) and d.completed_at is null
        returning d.account_id, d.id, d.status, d.started_at, d.burst_id, d.endpoint_id
      ), told as (
        insert into signals (account_id, delivery_id, name, args)
        select account_id, id, 'proceed',
          case when status = 'held'
            then jsonb_build_object('by', (select resumed_by from room where room.id = endpoint_id)) else '{}' end
        from woken where ${HAS_WORKFLOW}
      )
      select count(*)::int as woken from woken`,
    values: [endpointIds, DEFAULT_MAX_CONCURRENCY],
  });
  return rows[0]?.woken ?? 0;
}

/**
 * Has deliveries that wait for room at endpoints which take nothing any more look again, and be held like those that
 * come later, or end with their endpoint; the relay tells them, or starts them.
 */
export async function recallParked(db: Queryable, endpointIds: readonly string[]): Promise<void> {
  await db.query({
    name: 'recall-parked',
    text: `
      with away as materialized (
        select id from endpoints where id = any($1) and (status <> 'active' or deleted_at is not null)
      ), recalled as materialized (
        select d.* from away cross join lateral (
          select account_id, id, ${HAS_WORKFLOW} as has_workflow from deliveries
          where endpoint_id = away.id and day is null and parked_at is not null and status <> 'held'
          -- As no index has it: so that none is gone through for its order.
          order by id || ''
          for no key update
        ) d
      ), woken as (
        update deliveries d set woken_at = now()
        where d.id = any (array(select id from recalled where not has_workflow)) and d.day is null
      )
      insert into signals (account_id, delivery_id, name)
      select account_id, id, 'proceed' from recalled where has_workflow`,
    values: [endpointIds],
  });
}

/** Of these endpoints, those where deliveries are parked. */
export async function crowdedOf(db: Queryable, endpointIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'crowded-of',
    text: `
      select e.id from (select distinct * from unnest($1::text[])) e (id)
      where exists (
        select from deliveries p where p.endpoint_id = e.id and p.day is null and p.parked_at is not null offset 0)`,
    values: [endpointIds],
  });
  return rows.map(({ id }) => id);
}

/** Active endpoints where deliveries are parked, for a look at whether somebody forgot them. */
export async function crowdedEndpoints(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `with recursive crowded as (
       (select endpoint_id as id from deliveries where day is null and parked_at is not null order by endpoint_id limit 1)
       union all
       select (select endpoint_id from deliveries where day is null and parked_at is not null and endpoint_id > crowded.id
         order by endpoint_id limit 1)
       from crowded where crowded.id is not null
     )
     select crowded.id from crowded join endpoints e on e.id = crowded.id and e.status = 'active'
     where crowded.id is not null`,
  );
  return rows.map(({ id }) => id);
}
