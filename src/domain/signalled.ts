import { LONGEST_WAIT_S, MOST_WAITS } from './schedule.ts';

/** When a sleeping delivery is to wake, and the schedule (seconds) that it is to keep to from here on. */
export interface AskedReschedule {
  nextAttemptAt?: string;
  retryScheduleS?: number[];
}

/** What there is to heed in the input of a signal. */
export interface Signalled {
  by?: string;
  /** NaN, which is after no attempt, when it is no number. */
  afterAttempt?: number;
  asked: AskedReschedule;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/**
 * Reads what came with a signal. Everybody who can reach Temporal can send one, with nothing or anything in it: what is
 * not as it should be counts as not there. Never throws.
 */
export function signalled(input: unknown): Signalled {
  const { by, afterAttempt } = fieldsOf(input);
  return {
    ...(isActor(by) && { by }),
    ...(afterAttempt !== undefined && { afterAttempt: numberOf(afterAttempt) }),
    asked: askedOf(input),
  };
}

/** Reads what somebody asks of a sleep; the same for what histories hold from before it was read so strictly. */
export function askedOf(input: unknown): AskedReschedule {
  const { nextAttemptAt, retryScheduleS } = fieldsOf(input);
  return {
    ...(isInstant(nextAttemptAt) && { nextAttemptAt }),
    ...(isSchedule(retryScheduleS) && { retryScheduleS }),
  };
}

function fieldsOf(input: unknown): Record<string, unknown> {
  return typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
}

/** What an audit log can hold as a name. */
function isActor(value: unknown): value is string {
  return typeof value === 'string' && /^\P{Cc}{1,128}$/u.test(value);
}

function numberOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Number.NaN : Number(value);
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && RFC_3339.test(value) && Number.isFinite(Date.parse(value));
}

function isSchedule(value: unknown): value is number[] {
  const isWait = (wait: unknown) =>
    Number.isInteger(wait) && (wait as number) >= 1 && (wait as number) <= LONGEST_WAIT_S;
  return Array.isArray(value) && value.length <= MOST_WAITS && value.every(isWait);
}
