import type { CommittedDelivery } from '../domain/delivery.ts';
import { HAS_WORKFLOW } from './parking.ts';
import type { Queryable } from './pool.ts';
import { toCommitted, UNSTARTED, type UnstartedRow } from './unstarted.ts';

/** A signal that a committed change asks for. */
export interface OutboxSignal {
  id: string;
  accountId: string;
  deliveryId: string;
  name: 'endpointChanged' | 'proceed' | 'cancel';
  args: { by?: string };
}

/** How long a relay that took rows has to finish with them before another may take them. */
const LEASE = '30 seconds';
/** The same for a delivery that a burst has handed over to the relay beside it, which may be stopping. */
const HANDED_OVER_FOR = '5 seconds';
/** When to send a signal again that came before its workflow. */
const UNHEARD_FOR = '2 seconds';

/**
 * Takes deliveries that were committed and whose workflow is not known to be started: from each account in turn,
 * its oldest first. What is parked without a workflow is taken once it is woken.
 *
 * @param options.handedOver those that a burst has handed over, or those that wait for their first attempt
 * @param options.graceMs leaves alone what is younger, for the process that committed it starts it at once
 */
export async function takeUnstarted(
  db: Queryable,
  { handedOver, graceMs, limit }: { handedOver: boolean; graceMs: number; limit: number },
): Promise<CommittedDelivery[]> {
  const isOne = handedOver
    ? 'day is null and started_at is null and burst_id is not null'
    : `day is null and started_at is null and burst_id is null and lane_place is null
        and (parked_at is null or woken_at is not null)`;
  const { rows } = await db.query<UnstartedRow>({
    name: handedOver ? 'take-handed-over' : 'take-unstarted',
    text: `
     with recursive waiting as (
       (select account_id from deliveries where ${isOne} order by account_id limit 1)
       union all
       select (select account_id from deliveries where ${isOne} and account_id > waiting.account_id
         order by account_id limit 1)
       from waiting where waiting.account_id is not null
     ), due as materialized (
       select next.id
       from (select account_id from waiting where account_id is not null order by random() limit $2) accounts
       cross join lateral (
         select id, created_at, row_number() over (order by created_at) as turn
         from deliveries d
         where d.account_id = accounts.account_id and ${isOne}
           and (created_at < now() - $1 * interval '1 millisecond' or woken_at is not null)
           and (leased_until is null or leased_until < now())
         order by created_at limit $2
       ) next
       order by turn, created_at limit $2
     )
     update deliveries d set leased_until = now() + $3::interval
     where day is null and id = any (array(
       select id from deliveries
       where id = any (array(select id from due)) and day is null and started_at is null and (leased_until is null or leased_until < now())
       for update skip locked
     ))
     returning ${UNSTARTED}`,
    values: [graceMs, limit, LEASE],
  });
  return rows.map(toCommitted);
}

/**
 * Puts deliveries that a burst carried back into the outbox, for workflows of their own. One that is over already is
 * left; one that somebody asked to cancel ends here, for it had no workflow to be asked.
 *
 * @returns in order; undefined for those that do not go on
 */
export async function handOver(
  db: Queryable,
  carried: { deliveryId: string; burst: string }[],
): Promise<(CommittedDelivery | undefined)[]> {
  const { rows } = await db.query<UnstartedRow>({
    name: 'hand-over',
    text: `
      with carried as (
        select d.id, c.burst, d.cancel_asked_at is not null and d.status <> 'delivering' as ends
        from (select * from unnest($1::text[], $2::text[]) as c (id, burst) order by id) c
        cross join lateral (
          select * from deliveries d where d.id = c.id and d.day is null and d.completed_at is null for no key update) d
      ), ended as (
        update deliveries d set status = 'cancelled', completed_at = now(), next_attempt_at = null,
          parked_at = null, woken_at = null, revision = d.revision + 1
        where d.id = any (array(select id from carried where ends)) and d.day is null
      )
      update deliveries d set started_at = null, leased_until = now() + interval '${HANDED_OVER_FOR}',
        burst_id = (select jsonb_object_agg(id, burst) from carried) ->> d.id
      where d.id = any (array(select id from carried where not ends)) and d.day is null
      returning ${UNSTARTED}`,
    values: [carried.map(({ deliveryId }) => deliveryId), carried.map(({ burst }) => burst)],
  });
  const goOn = new Map(rows.map((row) => [row.id, toCommitted(row)]));
  return carried.map(({ deliveryId }) => goOn.get(deliveryId));
}

/**
 * Notes that the workflows of these deliveries are started. A delivery that is being claimed just now is passed
 * over, for the claim notes it too: two statements that wait for each other's rows would deadlock.
 */
export async function markStarted(db: Queryable, ids: string[]): Promise<undefined[]> {
  await db.query({
    name: 'mark-started',
    text: `
      update deliveries set started_at = now()
      where day is null and id = any (array(
        select id from deliveries where id = any($1) and day is null and started_at is null for update skip locked
      ))`,
    values: [ids],
  });
  return ids.map(() => undefined);
}

/**
 * Asks for a look again by every open delivery of an endpoint that has a workflow, or is about to have one; sent by the
 * relay after the commit.
 */
export async function signalOpenDeliveries(db: Queryable, endpointId: string, by: string): Promise<void> {
  await db.query(
    `insert into signals (account_id, delivery_id, name, args)
     select account_id, id, 'endpointChanged', jsonb_build_object('by', $2::text)
     from deliveries where endpoint_id = $1 and day is null and completed_at is null and lane_place is null
       and (parked_at is null or ${HAS_WORKFLOW})`,
    [endpointId, by],
  );
}

/** Takes signals to send: of each account in turn, its oldest first. */
export async function takeSignals(db: Queryable, limit: number): Promise<OutboxSignal[]> {
  const { rows } = await db.query<OutboxSignal>({
    name: 'take-signals',
    text: `
     with recursive waiting as (
       (select account_id from signals order by account_id limit 1)
       union all
       select (select account_id from signals s where s.account_id > waiting.account_id order by account_id limit 1)
       from waiting where waiting.account_id is not null
     ), due as materialized (
       select next.id
       from (select account_id from waiting where account_id is not null order by random() limit $1) accounts
       cross join lateral (
         select id, row_number() over (order by id + 0) as turn from signals s
         where s.account_id = accounts.account_id and (leased_until is null or leased_until < now())
         -- As the index of an account's signals has them (0014).
         order by id + 0 limit $1
       ) next
       order by turn, id limit $1
     )
     update signals s set leased_until = now() + $2::interval
     where id = any (array(
       select id from signals
       where id = any (array(select id from due)) and (leased_until is null or leased_until < now())
       for update skip locked
     ))
     returning s.id, s.account_id as "accountId", s.delivery_id as "deliveryId", s.name, s.args`,
    values: [limit, LEASE],
  });
  return rows;
}

export async function deleteSignals(db: Queryable, ids: string[]): Promise<void> {
  await db.query('delete from signals where id = any($1::bigint[])', [ids]);
}

/**
 * Forgets signals that no workflow took, for a delivery that is over needs none; but an open one's are sent again, for its
 * workflow is yet to start: a burst carries it, or its start is slow or was lost. Those that wait for room without a
 * workflow look by themselves when they are carried.
 */
export async function deleteUnheard(db: Queryable, ids: string[]): Promise<void> {
  await db.query(
    `with kept as (
       update signals s set leased_until = now() + interval '${UNHEARD_FOR}'
       where s.id = any($1::bigint[]) and exists (
         select from deliveries d
         where d.id = s.delivery_id and d.day is null and d.completed_at is null
           and (d.parked_at is null or ${HAS_WORKFLOW})
         offset 0)
       returning s.id
     )
     delete from signals where id = any($1::bigint[]) and id not in (select id from kept)`,
    [ids],
  );
}
