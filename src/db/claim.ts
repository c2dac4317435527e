import type { DeliveryStatus, FailureReason, ProfileName, Settled, Step } from '../domain/delivery.ts';
import { isFinal } from '../domain/delivery.ts';
import type { AttemptClaim, ClaimAnswer, ClaimRequest } from './attempt-claim.ts';
import { type EndpointPolicyRow, policyOf, timeoutOf } from './endpoint-policy.ts';
import type { Queryable } from './pool.ts';

interface ClaimRow extends EndpointPolicyRow {
  place: number;
  /** What the statement made of the request. */
  verdict: 'claimed' | 'finished' | 'over' | 'deleted' | 'held';
  delivery_id: string;
  account_id: string;
  endpoint_id: string;
  number: number;
  try: number;
  step: Step | null;
  delivery_status: DeliveryStatus;
  reason: FailureReason | null;
  endpoint_status: 'active' | 'paused' | 'disabled';
  profile: ProfileName;
  url: string;
  headers: Record<string, string>;
  secrets_sealed: string[];
  event_id: string;
  event_type: string;
  created_at: Date;
  accepted_at: Date;
  selz_token: string;
  data: string;
}

/**
 * Claims attempts: a row per attempt, written before its POST. What was finished before is answered from its
 * row; what was begun and never finished is marked `interrupted` and claimed again as the next try; a delivery
 * that is over, whose endpoint is deleted, paused or disabled, is not claimed, and its row says so.
 *
 * Held ones are looked at twice. A resume that was being committed meanwhile has listed the deliveries that it
 * wakes, perhaps before this one was there to be listed.
 */
export async function claimAttempts(db: Queryable, requests: ClaimRequest[]): Promise<ClaimAnswer[]> {
  const answers = await claimOnce(db, requests);
  const held = requests.filter((_, index) => isHeld(answers[index]));
  if (held.length === 0) return answers;
  const open = await openAfterAll(db, held);
  const again = held.filter(({ deliveryId }) => open.has(deliveryId));
  const claimed = await claimAttempts(db, again);
  const byRequest = new Map(again.map((request, index) => [request, claimed[index]]));
  return answers.map((answer, index) => byRequest.get(requests[index] as ClaimRequest) ?? answer);
}

function isHeld(answer: ClaimAnswer | undefined): boolean {
  return answer?.kind === 'step' && answer.step.kind === 'held';
}

/** Which of these have an endpoint that holds nothing, once every change of it that is under way is committed. */
async function openAfterAll(db: Queryable, requests: ClaimRequest[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string; open: boolean }>({
    name: 'open-after-all',
    text: `
      select d.id, e.status = 'active' or e.deleted_at is not null as open
      from deliveries d join endpoints e on e.id = d.endpoint_id
      where d.id = any($1)
      order by e.id
      for share of e`,
    values: [requests.map(({ deliveryId }) => deliveryId)],
  });
  return new Set(rows.filter(({ open }) => open).map(({ id }) => id));
}

async function claimOnce(db: Queryable, requests: ClaimRequest[]): Promise<ClaimAnswer[]> {
  if (requests.length === 0) return [];
  const { rows } = await db.query<ClaimRow>({
    name: 'claim-attempts',
    text: `
      with asked as (
        select * from unnest($1::text[], $2::int[], $3::timestamptz[])
          with ordinality as a (delivery_id, number, started_at, place)
      ), found as materialized (
        select a.place::int, a.number, a.started_at, d.id as delivery_id, d.account_id, d.endpoint_id, d.event_id,
          d.event_type, d.status as delivery_status, d.reason, d.retry_schedule_s as delivery_retry_schedule_s,
          e.status as endpoint_status, e.profile, e.url, e.headers, e.retry_schedule_s, e.retry_jitter, e.timeout_ms,
          e.retry_on,
          case when e.previous_secret_expires_at > now() then array[e.secret_sealed, e.previous_secret_sealed]
            else array[e.secret_sealed] end as secrets_sealed,
          last.try as last_try, last.step,
          case
            when last.step is not null then 'finished'
            when d.status in ('succeeded', 'failed', 'cancelled') then 'over'
            when e.deleted_at is not null then 'deleted'
            when e.status <> 'active' then 'held'
            else 'claimed'
          end as verdict
        from asked a
        join deliveries d on d.id = a.delivery_id
        join endpoints e on e.id = d.endpoint_id
        left join lateral (
          select try, finished_at, step from attempts t
          where t.delivery_id = a.delivery_id and t.number = a.number
          order by try desc limit 1
        ) last on true
        -- A cancel that is being committed is waited for; in one order, so that two statements never wait in a circle.
        order by d.id
        for no key update of d
      ), interrupted as (
        update attempts t set finished_at = now(), error = 'interrupted',
          duration_ms = least(2147483647, greatest(0, extract(epoch from f.started_at - t.started_at) * 1000))::int
        from found f
        where f.verdict <> 'finished' and t.delivery_id = f.delivery_id and t.number = f.number
          and t.try = f.last_try and t.finished_at is null
      ), claimed as (
        insert into attempts (delivery_id, account_id, number, try, started_at)
        select delivery_id, account_id, number, coalesce(last_try, 0) + 1, started_at
        from found where verdict = 'claimed'
        returning delivery_id, number, try
      ), noted as (
        insert into audit_log (account_id, actor, action, target, details)
        select account_id, 'posthaste', 'delivery.held', delivery_id, jsonb_build_object('endpoint', endpoint_status)
        from found where verdict = 'held' and delivery_status <> 'held'
      ), moved as (
        update deliveries d set
          status = case f.verdict when 'claimed' then 'delivering' when 'held' then 'held' else 'failed' end,
          reason = case f.verdict when 'deleted' then 'endpoint_deleted' end,
          completed_at = case f.verdict when 'deleted' then now() end,
          next_attempt_at = null,
          started_at = coalesce(d.started_at, now()),
          revision = d.revision + 1
        from found f
        where d.id = f.delivery_id and f.verdict in ('claimed', 'held', 'deleted')
      )
      select f.*, c.try, v.created_at, v.accepted_at, v.selz_token, v.data
      from found f
      join events v on v.account_id = f.account_id and v.id = f.event_id
      left join claimed c on c.delivery_id = f.delivery_id and c.number = f.number
      order by f.place`,
    values: [
      requests.map(({ deliveryId }) => deliveryId),
      requests.map(({ number }) => number),
      requests.map(({ startedAt }) => startedAt),
    ],
  });
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  return requests.map(({ deliveryId }, index) => {
    const row = byPlace.get(index + 1);
    // A workflow whose delivery is not in this database has nothing to deliver.
    if (!row) throw new Error(`delivery ${deliveryId} is not in the database`);
    return answer(row);
  });
}

function answer(row: ClaimRow): ClaimAnswer {
  switch (row.verdict) {
    case 'finished':
      return { kind: 'step', step: row.step as Step };
    case 'over':
      return { kind: 'step', step: ending(row.delivery_status, row.reason) };
    case 'deleted':
      return { kind: 'step', step: ending('failed', 'endpoint_deleted') };
    case 'held':
      return { kind: 'step', step: { kind: 'held', endpoint: row.endpoint_status as 'paused' | 'disabled' } };
    case 'claimed':
      return { kind: 'claimed', claim: toClaim(row) };
  }
}

/** The step of a delivery whose row says it is over. */
export function ending(status: DeliveryStatus, reason: FailureReason | null): Settled {
  if (!isFinal(status)) throw new Error(`a delivery that is ${status} has not ended`);
  return { kind: 'settled', status, ...(reason && { reason }) };
}

function toClaim(row: ClaimRow): AttemptClaim {
  return {
    deliveryId: row.delivery_id,
    accountId: row.account_id,
    endpointId: row.endpoint_id,
    number: row.number,
    try: row.try,
    profile: row.profile,
    url: row.url,
    headers: row.headers,
    secretsSealed: row.secrets_sealed,
    timeoutMs: timeoutOf(row),
    policy: policyOf(row),
    event: {
      id: row.event_id,
      type: row.event_type,
      createdAt: row.created_at,
      acceptedAt: row.accepted_at,
      selzToken: row.selz_token,
      data: row.data,
    },
  };
}
