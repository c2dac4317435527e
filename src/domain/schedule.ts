import type { ProfileName } from './delivery.ts';

/**
 * Seconds to wait after each failed attempt: 5 m, 30 m, 2 h, 8 h, 24 h (Selgora's published schedule, used by
 * every profile). Six attempts over 34 h 35 m.
 */
export const DEFAULT_RETRY_SCHEDULE_S: readonly number[] = [300, 1800, 7200, 28_800, 86_400];

/** Most waits of a schedule. */
export const MOST_WAITS = 20;
/** Longest wait of a schedule: seven days. */
export const LONGEST_WAIT_S = 604_800;
/** How far ahead a first attempt can be put off, or a sleeping one moved: 30 days. */
export const FURTHEST_AHEAD_MS = 30 * 86_400_000;

/** Default total deadline of one attempt. Selgora's page asks for an answer in under 5 s, Selz's within 10 s. */
export const DEFAULT_TIMEOUT_MS: Record<ProfileName, number> = {
  selgora: 5000,
  selz: 10_000,
  standard: 15_000,
};

/** How many attempts may be under way at one endpoint at a time, unless it says otherwise. */
export const DEFAULT_MAX_CONCURRENCY = 32;

/** 4xx statuses that are retried. Selgora and Selz: none ("4xx: no retry"). */
export const DEFAULT_RETRY_ON: Record<ProfileName, readonly number[]> = {
  selgora: [],
  selz: [],
  standard: [408, 425, 429],
};

/** How one endpoint, or one delivery with its own schedule, is retried. */
export interface RetryPolicy {
  /** Seconds to wait after attempt 1, 2, …; an attempt past the end is the last. */
  scheduleS: readonly number[];
  /** Share of a wait that may be added at random, 0 (none) to 1. */
  jitter: number;
  /** 4xx statuses to retry. */
  retryOn: readonly number[];
}

/** How many attempts a schedule allows in all. */
export function attemptsAllowed(scheduleS: readonly number[]): number {
  return scheduleS.length + 1;
}

/**
 * The wait after attempt `number`, or undefined when that attempt was the last.
 *
 * @param retryAfterMs what the answer's `Retry-After` asked for: it may lengthen the wait up to the schedule's
 *   longest, and never shortens it
 * @param random a number in [0, 1), used only when the policy asks for jitter
 */
export function waitAfter(
  number: number,
  policy: Pick<RetryPolicy, 'scheduleS' | 'jitter'>,
  retryAfterMs: number | undefined,
  random: number,
): { waitMs: number; scheduledS: number; because: 'retry_schedule' | 'retry_after' } | undefined {
  const scheduledS = policy.scheduleS[number - 1];
  if (scheduledS === undefined) return undefined;
  const scheduledMs = Math.round(scheduledS * 1000 * (1 + policy.jitter * random));
  const longestMs = Math.max(...policy.scheduleS) * 1000;
  const askedMs = Math.min(retryAfterMs ?? 0, longestMs);
  return askedMs > scheduledMs
    ? { waitMs: askedMs, scheduledS, because: 'retry_after' }
    : { waitMs: scheduledMs, scheduledS, because: 'retry_schedule' };
}

/**
 * The schedule of a delivery that is told, after `attempts` attempts, to wait `fromHereS` from here on: the
 * first of them replaces the wait it is in now.
 */
export function rescheduledFrom(
  attempts: number,
  currentS: readonly number[],
  fromHereS: readonly number[],
): number[] {
  return [...currentS.slice(0, Math.max(attempts, 1) - 1), ...fromHereS];
}

/**
 * Milliseconds that a `Retry-After` header asks for: delta seconds or an HTTP date (RFC 9110 §10.2.3).
 * Undefined for anything else, and for what lies in the past.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Za-z]{3},? .*GMT$/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isFinite(atMs) && atMs > nowMs ? atMs - nowMs : undefined;
}
