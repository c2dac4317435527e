/** The words of one delivery: what an attempt can come to, and what follows from it. No I/O, no clock. */

/** Whose wire format an endpoint speaks. */
export const PROFILES = ['selgora', 'selz', 'standard'] as const;
export type ProfileName = (typeof PROFILES)[number];

export const DELIVERY_STATUSES = [
  'pending',
  'delivering',
  'retrying',
  'held',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** The statuses a delivery never leaves. */
export const FINAL_STATUSES = ['succeeded', 'failed', 'cancelled'] as const;
export type FinalStatus = (typeof FINAL_STATUSES)[number];

export function isFinal(status: DeliveryStatus): status is FinalStatus {
  return (FINAL_STATUSES as readonly DeliveryStatus[]).includes(status);
}

/** Why a delivery `failed`. */
export const FAILURE_REASONS = [
  'rejected',
  'exhausted',
  'blocked',
  'gone',
  'endpoint_deleted',
  // What was sealed at rest cannot be opened: no attempt could be signed, now or later.
  'secret_unreadable',
  'payload_expunged',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** A delivery that was just committed and whose workflow must be started. */
export interface CommittedDelivery {
  id: string;
  accountId: string;
  endpointId: string;
  eventType: string;
  deliverAt?: Date;
  /** A burst carried it, and it goes on by itself. */
  handedOver?: true;
  /** A burst carried it to an endpoint without room; since then there is room for it. */
  wokenAt?: Date;
  /** It waits for the one before it in its lane, and is not to be started yet. */
  waitsInLane?: true;
  /** The span under which its event was accepted just now, if it is traced (W3C Trace Context). */
  traceparent?: string;
}

/** The ways a request can end without a status line. */
export const NETWORK_FAULTS = ['timeout', 'dns', 'connect', 'reset', 'tls', 'protocol'] as const;
export type NetworkFault = (typeof NETWORK_FAULTS)[number];

/** Why an attempt was not a success. `interrupted`: the worker died during it. */
export const ATTEMPT_ERRORS = [
  'redirect',
  'rejected',
  'server_error',
  ...NETWORK_FAULTS,
  'blocked',
  'interrupted',
] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** What one signed POST came to. A refused webhook is data, not an exception. */
export type Outcome = Answered | Unreachable | Blocked;

/** The endpoint answered with a status line, whatever became of the body. */
export interface Answered {
  kind: 'answered';
  status: number;
  headers: Record<string, string | string[]>;
  /** Text kept of the body: at most 64 kB, invalid UTF-8 and NUL replaced by U+FFFD. */
  body: string;
  /** Whether more body came, or was announced, than was kept. */
  truncated: boolean;
}

/** No status line came back. */
export interface Unreachable {
  kind: 'unreachable';
  fault: NetworkFault;
  /** One line for people, without secrets or payload: `connect ECONNREFUSED 203.0.113.7:443`. */
  detail: string;
}

/** The address is not one that deliveries may reach; no socket was opened to it. */
export interface Blocked {
  kind: 'blocked';
  /** One line for people, without the address that a name led to. */
  detail: string;
  /** The address that a name led to. For the operator's log alone: it may tell of a private network. */
  address?: string;
}

/** What the workflow and its log keep of an attempt: ids and small outcomes, never a payload or a URL. */
export interface AttemptSummary {
  /** 1 for the first attempt. A repeat after `interrupted` keeps its number. */
  number: number;
  /** RFC 3339. */
  startedAt: string;
  durationMs: number;
  responseStatus?: number;
  /** Absent on success. */
  error?: AttemptError;
}

/** Why a delivery waits. */
export type WaitReason = 'deliver_at' | 'retry_schedule' | 'retry_after' | 'rescheduled' | 'endpoint_changed';

/**
 * What comes next in a delivery's life. Activities return it, the workflow follows it, and the attempt row
 * keeps it so that a repeated activity gives the same answer.
 */
export type Step = Due | Waiting | Held | Settled;

/** Attempt now. */
export interface Due {
  kind: 'due';
  /** As an activity of its own: the worker keeps the room inside its workflow tasks for others. */
  apart?: true;
}

/** Sleep in a durable timer, then attempt. */
export interface Waiting {
  kind: 'waiting';
  waitMs: number;
  /** RFC 3339; what `nextAttemptAt` shows. */
  until: string;
  because: WaitReason;
  /** The schedule's own wait for this place, in seconds; absent before the first attempt. */
  scheduledS?: number;
  /** How many attempts the schedule in force allows in all; absent before the first attempt. */
  attemptsAllowed?: number;
  attempt?: AttemptSummary;
}

/** Wait, without a limit, for the endpoint: to be resumed, or to have room for one more attempt. */
export interface Held {
  kind: 'held';
  endpoint: HeldBecause;
}

/** `busy`: as many attempts are under way at the endpoint as it may get at a time. */
export const HELD_BECAUSE = ['paused', 'disabled', 'busy'] as const;
export type HeldBecause = (typeof HELD_BECAUSE)[number];

/** What a log can say of it, besides: that it waits for the one before it in its ordered lane. */
export const LOGGED_HELD_BECAUSE = [...HELD_BECAUSE, 'ordered'] as const;
export type LoggedHeldBecause = (typeof LOGGED_HELD_BECAUSE)[number];

/** Over. */
export interface Settled {
  kind: 'settled';
  status: FinalStatus;
  reason?: FailureReason;
  attempt?: AttemptSummary;
}
