import type { CommittedDelivery } from '../domain/delivery.ts';
import { IS_LET_GO } from './ordered-lanes.ts';
import { type Database, inTransaction, type Queryable } from './pool.ts';
import { toCommitted, UNSTARTED, type UnstartedRow } from './unstarted.ts';

/** Lanes whose locks are taken together. */
const LANES_AT_ONCE = 500;

/**
 * Lets some of those that wait in an endpoint's lanes go, whoever is before them. What is let go is leased to the
 * caller.
 *
 * @param db in a transaction
 */
export async function releaseWaiting(
  db: Queryable,
  endpointId: string,
  limit: number,
): Promise<CommittedDelivery[]> {
  const keys = await lockLanes(db, endpointId);
  if (keys.length === 0) return [];
  const { rows } = await db.query<UnstartedRow>({
    name: 'release-waiting',
    text: takingWaiting(IS_LET_GO),
    values: [endpointId, keys, limit],
  });
  return rows.map(toCommitted);
}

/**
 * Ends some of those that wait in the lanes of an endpoint that is deleted; how many.
 *
 * @param db in a transaction
 */
export async function failWaiting(db: Queryable, endpointId: string, limit: number): Promise<number> {
  const keys = await lockLanes(db, endpointId);
  if (keys.length === 0) return 0;
  const { rowCount } = await db.query({
    name: 'fail-waiting',
    text: takingWaiting(`status = 'failed', reason = 'endpoint_deleted', ${HAS_ENDED}`),
    values: [endpointId, keys, limit],
  });
  return rowCount ?? 0;
}

/**
 * Cancels a delivery that waits in a lane; those behind it keep their order, and nobody is let go.
 *
 * @returns false when it does not wait any more
 */
export function cancelWaiting(database: Database, accountId: string, deliveryId: string): Promise<boolean> {
  return inTransaction(database, async (db) => {
    // The lane before the delivery, as whoever lets it go does.
    await db.query(
      `select from lanes l
       where (endpoint_id, ordering_key) =
         (select endpoint_id, ordering_key from deliveries d where d.account_id is not distinct from $1 and d.id = $2 and d.day is null)
       for update`,
      [accountId, deliveryId],
    );
    const { rowCount } = await db.query(
      `with cancelled as (
         update deliveries d set status = 'cancelled', ${HAS_ENDED}
         where d.account_id is not distinct from $1 and d.id = $2 and d.day is null and d.lane_place is not null and d.completed_at is null
         returning d.endpoint_id, d.ordering_key
       )
       update lanes l set waiting = l.waiting - 1
       from cancelled c where l.endpoint_id = c.endpoint_id and l.ordering_key = c.ordering_key`,
      [accountId, deliveryId],
    );
    return rowCount === 1;
  });
}

/** SQL: what ends a delivery `d` that waits, and has no workflow. It keeps its place: it was never let go. */
const HAS_ENDED = `completed_at = now(), next_attempt_at = null, started_at = coalesce(d.started_at, now()),
  revision = d.revision + 1`;

async function lockLanes(db: Queryable, endpointId: string): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>({
    name: 'lock-waiting-lanes',
    text: `select ordering_key as key from lanes where endpoint_id = $1 and waiting > 0
      order by ordering_key limit $2 for update`,
    values: [endpointId, LANES_AT_ONCE],
  });
  return rows.map(({ key }) => key);
}

/** SQL: makes something of the first that wait in locked lanes. */
function takingWaiting(change: string): string {
  return `
    with taken as materialized (
      select w.id, w.ordering_key
      from unnest($2::text[]) as l (ordering_key)
      cross join lateral (
        select id, ordering_key from deliveries
        where endpoint_id = $1 and ordering_key = l.ordering_key and day is null and lane_place is not null and completed_at is null
        order by lane_place limit $3
      ) w
      limit $3
    ), left_lane as (
      update lanes l set waiting = l.waiting - t.many
      from (select ordering_key, count(*) as many from taken group by ordering_key) t
      where l.endpoint_id = $1 and l.ordering_key = t.ordering_key
    )
    update deliveries d set ${change}
    where d.id = any (array(select id from taken)) and d.day is null
    returning ${UNSTARTED}`;
}
