import type { ProfileName } from '../domain/delivery.ts';
import {
  DEFAULT_MAX_CONCURRENCY,
  DEFAULT_RETRY_ON,
  DEFAULT_RETRY_SCHEDULE_S,
  DEFAULT_TIMEOUT_MS,
  type RetryPolicy,
} from '../domain/schedule.ts';

/** The columns that say how an endpoint is retried; null stands for the profile's default. */
export interface EndpointPolicyRow {
  profile: ProfileName;
  retry_schedule_s: number[] | null;
  retry_jitter: number;
  retry_on: number[] | null;
  timeout_ms: number | null;
  max_concurrency: number | null;
  /** The schedule that one delivery was told to keep to, where a delivery is in play. */
  delivery_retry_schedule_s?: number[] | null;
}

/** The policy in force. */
export function policyOf(row: EndpointPolicyRow): RetryPolicy {
  return {
    scheduleS: row.delivery_retry_schedule_s ?? row.retry_schedule_s ?? DEFAULT_RETRY_SCHEDULE_S,
    jitter: row.retry_jitter,
    retryOn: row.retry_on ?? DEFAULT_RETRY_ON[row.profile],
  };
}

/** How many attempts may be under way at a time, in force. */
export function maxConcurrencyOf({ max_concurrency }: EndpointPolicyRow): number {
  return max_concurrency ?? DEFAULT_MAX_CONCURRENCY;
}

/** The total deadline of an attempt in force. */
export function timeoutOf({ timeout_ms, profile }: EndpointPolicyRow): number {
  return timeout_ms ?? DEFAULT_TIMEOUT_MS[profile];
}
