import type { AttemptSummary, FailureReason, FinalStatus, WaitReason } from './delivery.ts';

/**
 * One line of a delivery's log. The workflow tells it as it happens; Postgres can tell it again from the
 * attempt rows and the audit log when Temporal no longer has the workflow.
 */
export type LogEntry = { /** RFC 3339. */ at: string } & (
  | ({ kind: 'attempt' } & AttemptSummary)
  | { kind: 'wait'; until: string; because: WaitReason }
  | { kind: 'held'; because: 'paused' | 'disabled' }
  | { kind: 'changed'; change: Change; by: string }
  | { kind: 'ended'; status: FinalStatus; reason?: FailureReason }
);

/** What somebody did to a delivery, or to its endpoint while it slept. */
export type Change = 'retry' | 'cancel' | 'reschedule' | 'endpoint_changed';

/** `attempt 2 of 6` */
export function attemptTitle(number: number, allowed: number): string {
  return `attempt ${number} of ${allowed}`;
}

/** `503 server_error in 12 ms`, `timeout in 5000 ms`, `200 in 8 ms` */
export function attemptResult({ responseStatus, error, durationMs }: AttemptSummary): string {
  const what = [responseStatus, error].filter((part) => part !== undefined).join(' ');
  return `${what} in ${durationMs} ms`;
}
