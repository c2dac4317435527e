import type {
  AttemptSummary,
  FailureReason,
  FinalStatus,
  LoggedHeldBecause,
  WaitReason,
} from './delivery.ts';

/**
 * One line of a delivery's log. The workflow tells it as it happens; Postgres can tell it again from the
 * attempt rows and the audit log when Temporal no longer has the workflow.
 */
export type LogEntry = { /** RFC 3339. */ at: string } & (
  | ({ kind: 'attempt' } & AttemptSummary)
  | { kind: 'wait'; until: string; because: WaitReason }
  | { kind: 'held'; because: LoggedHeldBecause }
  | { kind: 'changed'; change: Change; by: string }
  | { kind: 'ended'; status: FinalStatus; reason?: FailureReason }
);

/** The audit log's words for what can be done to a delivery; the last two only with Temporal's own tools. */
export const CHANGE_ACTIONS = {
  retry: 'delivery.retried',
  cancel: 'delivery.cancelled',
  reschedule: 'delivery.rescheduled',
  terminate: 'delivery.terminated',
  reset: 'delivery.reset',
} as const;

/** What somebody did to a delivery, or to its endpoint while it slept. */
export type Change = keyof typeof CHANGE_ACTIONS | 'endpoint_changed';

/**
 * A log with one more line, behind all that happened before it; an attempt, or the wish to cancel, stays before the end,
 * whatever the clocks say.
 */
export function insertedByTime(entries: readonly LogEntry[], entry: LogEntry): LogEntry[] {
  const leadsToEnd = entry.kind === 'attempt' || (entry.kind === 'changed' && entry.change === 'cancel');
  const isBefore = (other: LogEntry) =>
    Date.parse(other.at) <= Date.parse(entry.at) && !(leadsToEnd && other.kind === 'ended');
  const before = entries.findLastIndex(isBefore) + 1;
  return [...entries.slice(0, before), entry, ...entries.slice(before)];
}

/** `attempt 2 of 6` */
export function attemptTitle(number: number, allowed: number): string {
  return `attempt ${number} of ${allowed}`;
}

/** `503 server_error in 12 ms`, `timeout in 5000 ms`, `200 in 8 ms` */
export function attemptResult({ responseStatus, error, durationMs }: AttemptSummary): string {
  const what = [responseStatus, error].filter((part) => part !== undefined).join(' ');
  return `${what} in ${durationMs} ms`;
}
