import type { Pool } from 'pg';
import type { CommittedDelivery } from '../domain/delivery.ts';
import { inTransaction, type Queryable } from './pool.ts';
import { toCommitted, UNSTARTED, type UnstartedRow } from './unstarted.ts';

/** How long the process that let a delivery go has to start it, before a sweep takes it. */
export const LET_GO_FOR = '5 seconds';

/** A lane whose row is locked. */
interface Lane {
  endpoint_id: string;
  ordering_key: string;
}

/** SQL: the first that waits in the lane `l`. */
const FIRST_WAITING = `
  select d.id from deliveries d
  where d.endpoint_id = l.endpoint_id and d.ordering_key = l.ordering_key
    and d.day is null and d.lane_place is not null and d.completed_at is null
  order by d.lane_place limit 1`;

/**
 * Passes on the turns of deliveries that have ended: of each lane whose front that was, the next one is let go and is the
 * front, or the lane is closed. One that was let go before the front has nobody behind it any more, and lets nobody go.
 *
 * Of several that run at once each takes turns of its own. The lanes are locked first and looked at in a statement
 * afterwards: whoever was coming in meanwhile is seen.
 *
 * @returns what is let go, leased to the caller, and how many turns were looked at
 */
export function passTurns(pool: Pool, limit: number): Promise<{ letGo: CommittedDelivery[]; turns: number }> {
  return inTransaction(pool, async (db) => {
    const { rows } = await db.query<Lane & { is_front: boolean }>({
      name: 'take-lane-turns',
      text: `
        with taken as materialized (
          select id from lane_turns order by id limit $1 for update skip locked
        ), ended as (
          delete from lane_turns t where t.id = any (array(select id from taken))
          returning t.account_id, t.endpoint_id, t.ordering_key, t.delivery_id
        ), locked as materialized (
          select l.endpoint_id, l.ordering_key, l.front_id
          from (select * from ended order by endpoint_id, ordering_key) t
          cross join lateral (
            select * from lanes l
            where l.endpoint_id = t.endpoint_id and l.ordering_key = t.ordering_key
              and l.front_id = t.delivery_id and l.account_id = t.account_id
            for update
          ) l
        )
        select t.endpoint_id, t.ordering_key, k.front_id is not null as is_front
        from ended t left join locked k on k.front_id = t.delivery_id`,
      values: [limit],
    });
    const lanes = rows.filter(({ is_front }) => is_front);
    return { letGo: await letNextGo(db, lanes, { ended: true }), turns: rows.length };
  });
}

/**
 * Lets the next ones go in lanes of an active endpoint where the front has kept them waiting for `orderedMaxWait`. The
 * front goes on by itself, and keeps nobody any more.
 *
 * @param limit lanes at a time
 */
export function letOverdueGo(pool: Pool, endpointId: string, limit: number): Promise<CommittedDelivery[]> {
  return inTransaction(pool, async (db) => {
    const { rows } = await db.query<Lane>({
      name: 'lock-overdue-lanes',
      text: `
        with overdue as materialized (
          select l.ordering_key, ${WAITED_SINCE} as since
          from endpoints e join lanes l on l.endpoint_id = e.id
          where e.id = $1 and l.waiting > 0 and ${IS_OVERDUE}
          order by l.let_go_at limit $2
        )
        select l.endpoint_id, l.ordering_key
        from overdue o join lanes l on l.endpoint_id = $1 and l.ordering_key = o.ordering_key
        -- One that has moved since is not meant.
        where l.waiting > 0 and l.let_go_at < o.since
        order by l.ordering_key
        for update of l`,
      values: [endpointId, limit],
    });
    return letNextGo(db, rows, { ended: false });
  });
}

/** SQL: fronts of the endpoint `e` that were let go before then have kept the next one waiting for long enough. */
const WAITED_SINCE = `now() - e.ordered_max_wait_s * interval '1 second'`;

/** SQL: the lane `l` is to move on; while its endpoint `e` takes nothing, and right after, no time counts. */
const IS_OVERDUE = `e.status = 'active' and l.let_go_at < ${WAITED_SINCE}
  and (e.resumed_at is null or e.resumed_at < ${WAITED_SINCE})`;

/** @param ended whether the fronts have: then a lane where nobody waits is closed */
async function letNextGo(
  db: Queryable,
  lanes: readonly Lane[],
  { ended }: { ended: boolean },
): Promise<CommittedDelivery[]> {
  if (lanes.length === 0) return [];
  const { rows } = await db.query<UnstartedRow>({
    name: 'let-next-go',
    text: `
      with next as materialized (
        select l.endpoint_id, l.ordering_key, (${FIRST_WAITING}) as id
        from unnest($1::text[], $2::text[]) as l (endpoint_id, ordering_key)
      ), next_of as materialized (
        select jsonb_object_agg(${LANE}, l.id) as ids from next l
      ), closed as (
        delete from lanes l
        where l.endpoint_id = any ($1) and l.ordering_key = any ($2) and $3
          and ${NEXT} ? ${LANE} and ${NEXT} ->> ${LANE} is null
      ), moved as (
        update lanes l set let_go_at = now(), waiting = l.waiting - 1, front_id = ${NEXT} ->> ${LANE}
        where l.endpoint_id = any ($1) and l.ordering_key = any ($2) and ${NEXT} ->> ${LANE} is not null
      )
      update deliveries d set ${IS_LET_GO}
      where d.id = any (array(select id from next)) and d.day is null
      returning ${UNSTARTED}`,
    values: [lanes.map((lane) => lane.endpoint_id), lanes.map((lane) => lane.ordering_key), ended],
  });
  return rows.map(toCommitted);
}

/** SQL: the name of the lane `l`. */
const LANE = `(l.endpoint_id || ' ' || l.ordering_key)`;

/** SQL: the one that is let go, by its lane; null where nobody waits. */
const NEXT = '(select ids from next_of)';

/** SQL: what makes of a delivery `d` that waits one for the relay. What has no payload any more keeps nobody waiting. */
export const IS_LET_GO = `lane_place = null, let_go_at = now(), revision = d.revision + 1,
  leased_until = now() + interval '${LET_GO_FOR}',
  next_attempt_at = case when d.next_attempt_at > now() and d.expunged_at is null then d.next_attempt_at end`;

/** An endpoint where the time has come for some that wait in lanes, and what is to become of them. */
export interface LanesToMove {
  endpointId: string;
  move: 'advance' | 'release' | 'fail';
}

export async function lanesToMove(db: Queryable): Promise<LanesToMove[]> {
  const { rows } = await db.query<LanesToMove>({
    name: 'lanes-to-move',
    text: `
      with recursive waiting as (
        (select endpoint_id as id from lanes where waiting > 0 order by endpoint_id limit 1)
        union all
        select (select endpoint_id from lanes where waiting > 0 and endpoint_id > waiting.id order by endpoint_id limit 1)
        from waiting where waiting.id is not null
      )
      select e.id as "endpointId",
        case when e.deleted_at is not null then 'fail' when not e.ordered then 'release' else 'advance' end as move
      from waiting join endpoints e on e.id = waiting.id
      where e.deleted_at is not null or not e.ordered
        or exists (select from lanes l where l.endpoint_id = e.id and l.waiting > 0 and ${IS_OVERDUE})`,
  });
  return rows;
}
