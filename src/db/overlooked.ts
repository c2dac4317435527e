import type { Queryable } from './pool.ts';

/** Where a walk through deliveries stands: the two columns of its order. */
export type Place = [string, string];

/** Takes the next of some deliveries, in their order, from behind a place; quiet for at least that long. */
export type Walk = (
  db: Queryable,
  from: { after: Place | undefined; quietMs: number; limit: number },
) => Promise<{ id: string; place: Place }[]>;

/** Those that should have woken by now. Backed by `deliveries_due`, which holds only those that sleep. */
const overdue: Walk = async (db, { after, quietMs, limit }) => {
  const { rows } = await db.query<{ id: string; place: Place }>({
    name: 'overdue-deliveries',
    text: `
      select id, array[next_attempt_at::text, id] as place
      from deliveries
      where day is null and next_attempt_at < now() - $1 * interval '1 millisecond' and started_at is not null
        and parked_at is null and lane_place is null and (next_attempt_at, id) > ($2::timestamptz, $3)
      order by next_attempt_at, id
      limit $4`,
    values: [quietMs, ...(after ?? ['-infinity', '']), limit],
  });
  return rows;
};

/** Those in an attempt that should have ended by now. Backed by `deliveries_under_way`, which holds few. */
const stuck: Walk = async (db, { after, quietMs, limit }) => {
  const { rows } = await db.query<{ id: string; place: Place }>({
    name: 'stuck-deliveries',
    text: `
      select id, array[endpoint_id, id] as place
      from deliveries d
      where day is null and status = 'delivering' and (endpoint_id, id) > ($2, $3)
        and not exists (
          select from attempts t
          where t.delivery_id = d.id and t.day is null and t.started_at >= now() - $1 * interval '1 millisecond'
          offset 0
        )
      order by endpoint_id, id
      limit $4`,
    values: [quietMs, ...(after ?? ['', '']), limit],
  });
  return rows;
};

/** All that are open and were started, each in its turn. Backed by `deliveries_unended`. */
const open: Walk = async (db, { after, quietMs, limit }) => {
  const { rows } = await db.query<{ id: string; place: Place }>({
    name: 'open-deliveries',
    text: `
      select id, array[endpoint_id, id] as place
      from deliveries
      where day is null and completed_at is null and lane_place is null and (endpoint_id, id) > ($2, $3)
        and started_at < now() - $1 * interval '1 millisecond'
      order by endpoint_id, id
      limit $4`,
    values: [quietMs, ...(after ?? ['', '']), limit],
  });
  return rows;
};

/** The ways through the open deliveries on which one that Temporal has lost is met, the soonest first. */
export const WALKS = { overdue, stuck, open } as const;
