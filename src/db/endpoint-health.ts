import { SHORTEST_FAILING_HOURS } from '../domain/operational.ts';
import { asTold } from './notices.ts';
import type { Queryable } from './pool.ts';

/** Begins a new streak: what failed before says nothing of the endpoint as it is now. */
export async function forgetFailures(db: Queryable, endpointId: string): Promise<void> {
  await db.query('delete from endpoint_health where endpoint_id = $1', [endpointId]);
}

/** A failure now and then in a row without a success is not enough: the first and the last must lie apart. */
const HAS_FAILED_FOR = `h.failing_since <= now() - $1 * interval '1 hour'
  and h.last_failure_at >= h.failing_since + least($1, ${SHORTEST_FAILING_HOURS}) * interval '1 hour'
  and e.status = 'active' and e.deleted_at is null`;

/** Active endpoints where everything has failed for so long. */
export async function endpointsFailingFor(db: Queryable, hours: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select e.id from endpoint_health h join endpoints e on e.id = h.endpoint_id
     where ${HAS_FAILED_FOR}
     order by e.id`,
    [hours],
  );
  return rows.map(({ id }) => id);
}

/**
 * Disables an endpoint if it still is active and failing, with a line in the audit log and a notice, all or nothing.
 * A success that is being recorded is waited for.
 */
export async function disableFailing(db: Queryable, endpointId: string, hours: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `with failing as (
       select e.id, e.account_id, json_build_object('endpointId', e.id, 'reason', 'failing',
         'since', ${asTold('h.failing_since')}, 'lastFailureAt', ${asTold('h.last_failure_at')}) as facts
       from endpoints e join endpoint_health h on h.endpoint_id = e.id
       where e.id = $2 and ${HAS_FAILED_FOR}
       for no key update of e for share of h
     ), disabled as (
       update endpoints e set status = 'disabled', disabled_reason = 'failing', updated_at = now()
       from failing where e.id = failing.id
     ), audited as (
       insert into audit_log (account_id, actor, action, target, details)
       select account_id, 'posthaste', 'endpoint.disabled', id, facts::jsonb - 'endpointId' from failing
     )
     insert into notices (account_id, type, data)
     select account_id, 'endpoint.disabled', facts from failing`,
    [hours, endpointId],
  );
  return rowCount === 1;
}

/** How many endpoints there are, by how they stand; `failing`: active, and what was sent last failed. */
export interface EndpointCounts {
  active: number;
  failing: number;
  paused: number;
  disabled: number;
}

/** @param most so many of each are counted; what there is beyond takes longer to count than it tells */
export async function countEndpoints(db: Queryable, most: number): Promise<EndpointCounts> {
  const counted = (from: string, where: string) =>
    `(select count(*)::int from (select from ${from} where e.deleted_at is null and ${where} limit ${most}) counted)`;
  const { rows } = await db.query<EndpointCounts>(
    `select ${counted(
      'endpoints e',
      `e.status = 'active' and not exists (select from endpoint_health h where h.endpoint_id = e.id)`,
    )} as active,
       ${counted('endpoint_health h join endpoints e on e.id = h.endpoint_id', `e.status = 'active'`)} as failing,
       ${counted('endpoints e', `e.status = 'paused'`)} as paused,
       ${counted('endpoints e', `e.status = 'disabled'`)} as disabled`,
  );
  return rows[0] as EndpointCounts;
}
