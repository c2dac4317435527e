import type { DeliveryStatus, FailureReason, ProfileName, Settled, Step } from '../domain/delivery.ts';
import { isFinal } from '../domain/delivery.ts';
import type { AttemptClaim, ClaimAnswer } from './attempt-claim.ts';
import type { Day } from './days.ts';
import { type EndpointPolicyRow, maxConcurrencyOf, policyOf, timeoutOf } from './endpoint-policy.ts';

/** What the claiming statement says of one request. */
export interface ClaimRow extends EndpointPolicyRow {
  place: number;
  /** What the statement made of the request. */
  verdict:
    | 'claimed'
    | 'finished'
    | 'over'
    | 'under_way'
    | 'cancelled'
    | 'deleted'
    | 'expunged'
    | 'held'
    | 'busy'
    | 'crowded'
    | 'parked';
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
  event_day: Day;
  event_type: string;
  attempt_count: number;
  next_attempt_at: Date | null;
  /** Null where it waited for its endpoint, and for a repeat. */
  due_at: Date | null;
  now: Date;
  /** The burst that carries, or carried, the first attempt. */
  burst_id: string | null;
  /** When the outcome of the last try must be here, if it comes at all; null when there was none. */
  expected_until: Date | null;
}

/** What is known of an attempt that was made, and of where its delivery, which is open, stands now. */
export interface MadeRow extends Pick<ClaimRow, 'number' | 'attempt_count' | 'next_attempt_at' | 'now'> {
  step: Step;
}

/** What of an event is sent. */
export interface ClaimedEvent {
  account_id: string;
  id: string;
  created_at: Date;
  accepted_at: Date;
  selz_token: string;
  data: string;
  traceparent: string | null;
}

/** A delivery that has ended, and the step that one of its attempts was answered with; null when it made none. */
export interface EndedRow {
  delivery_id: string;
  number: number;
  endpoint_id: string;
  delivery_status: DeliveryStatus;
  reason: FailureReason | null;
  step: Step | null;
}

/** What comes of a request about it. A wait that came from the attempt is over: the delivery has gone on from it. */
export function endedAnswer({ step, delivery_status: status, reason }: EndedRow): ClaimAnswer {
  if (!step) return { kind: 'step', step: ending(status, reason) };
  return { kind: 'step', step: step.kind === 'waiting' ? { ...step, waitMs: 1 } : step };
}

/** What comes of a request: the claim, or the step without a POST. */
export function claimAnswer(row: ClaimRow, event: ClaimedEvent | undefined): ClaimAnswer {
  switch (row.verdict) {
    case 'finished':
      return { kind: 'step', step: whatIsLeft({ ...row, step: row.step as Step }) };
    case 'over':
      return { kind: 'step', step: ending(row.delivery_status, row.reason) };
    case 'under_way':
      return {
        kind: 'under_way',
        forMs: Math.max(1, Number(row.expected_until) - row.now.getTime()),
        burst: row.burst_id,
      };
    case 'crowded':
    case 'parked':
      return { kind: row.verdict };
    case 'cancelled':
      return { kind: 'step', step: ending('cancelled', null) };
    case 'deleted':
      return { kind: 'step', step: ending('failed', 'endpoint_deleted') };
    case 'expunged':
      return { kind: 'step', step: ending('failed', 'payload_expunged') };
    case 'held':
      return { kind: 'step', step: { kind: 'held', endpoint: row.endpoint_status as 'paused' | 'disabled' } };
    case 'busy':
      return { kind: 'step', step: { kind: 'held', endpoint: 'busy' } };
    case 'claimed':
      if (!event) throw new Error(`the event of delivery ${row.delivery_id} is not in the database`);
      return { kind: 'claimed', claim: toClaim(row, event) };
  }
}

const TOLD_AGAIN_WITHIN_MS = 500;

/**
 * A wait that is told again (after a reset, or a restart from the record) lasts until the delivery's row says; one
 * that the delivery has gone on from, no more.
 */
export function whatIsLeft({
  step,
  number,
  attempt_count: attempts,
  next_attempt_at: next,
  now,
}: MadeRow): Step {
  if (step.kind !== 'waiting') return step;
  if (number < attempts || !next) return { ...step, waitMs: 1 };
  const leftMs = Math.max(1, next.getTime() - now.getTime());
  // Told again right away, by a burst to the workflow that goes on, it is the whole wait of the schedule.
  const isWhole = leftMs <= step.waitMs && step.waitMs - leftMs < TOLD_AGAIN_WITHIN_MS;
  return { ...step, until: next.toISOString(), waitMs: isWhole ? step.waitMs : leftMs };
}

/** The step of a delivery whose row says it is over. */
export function ending(status: DeliveryStatus, reason: FailureReason | null): Settled {
  if (!isFinal(status)) throw new Error(`a delivery that is ${status} has not ended`);
  return { kind: 'settled', status, ...(reason && { reason }) };
}

function toClaim(row: ClaimRow, event: ClaimedEvent): AttemptClaim {
  return {
    deliveryId: row.delivery_id,
    accountId: row.account_id,
    endpointId: row.endpoint_id,
    number: row.number,
    try: row.try,
    startedAt: row.now,
    ...(row.due_at && { dueAt: row.due_at }),
    profile: row.profile,
    url: row.url,
    headers: row.headers,
    secretsSealed: row.secrets_sealed,
    timeoutMs: timeoutOf(row),
    maxConcurrency: maxConcurrencyOf(row),
    policy: policyOf(row),
    event: {
      id: row.event_id,
      type: row.event_type,
      createdAt: event.created_at,
      acceptedAt: event.accepted_at,
      selzToken: event.selz_token,
      data: event.data,
      ...(event.traceparent !== null && { traceparent: event.traceparent }),
    },
  };
}
