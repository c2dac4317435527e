import { clockText } from '../parts/clock-text.ts';
import { durationText } from '../parts/duration.ts';
import { whoText } from './standing.ts';
import type { Mark, Rest } from './timeline.ts';

/** A wait that ended sooner than planned by more than this was cut short. */
const CUT_SHORT_MS = 1500;

const WAITS: Record<(Rest & { kind: 'wait' })['because'], string> = {
  deliver_at: 'as its sender asked',
  retry_schedule: 'as the schedule says',
  retry_after: 'as the answer’s Retry-After asked',
  rescheduled: 'as it was rescheduled',
  endpoint_changed: 'by the endpoint’s new schedule',
};

const HELD: Record<(Rest & { kind: 'held' })['because'], string> = {
  paused: 'the endpoint to be resumed: it was paused',
  disabled: 'the endpoint to be enabled: it was disabled',
  busy: 'room: the endpoint got as many attempts at a time as it may',
  ordered: 'its turn in an ordered lane',
};

/** `Waited 5 min, as the schedule says` */
export function restText(rest: Rest, now: Date): string {
  const { at, endedAt } = rest;
  if (rest.kind === 'held') {
    const verb = endedAt ? `Waited ${spanText(at, endedAt)} for` : 'Waits for';
    return `${verb} ${HELD[rest.because]}`;
  }
  const because = WAITS[rest.because];
  if (!endedAt)
    return `Waits ${spanText(at, rest.until)} until ${clockText(new Date(rest.until), now)}, ${because}`;
  const isCut = Date.parse(rest.until) - Date.parse(endedAt) > CUT_SHORT_MS;
  return isCut
    ? `Waited ${spanText(at, endedAt)} of ${spanText(at, rest.until)}`
    : `Waited ${spanText(at, endedAt)}, ${because}`;
}

const CHANGES: Record<Extract<Mark, { kind: 'changed' }>['change'], string> = {
  retry: 'Retried by hand',
  cancel: 'Asked to be cancelled',
  reschedule: 'Rescheduled',
  endpoint_changed: 'The endpoint was changed',
  terminate: 'Terminated',
  reset: 'Reset',
};

/** `Retried by hand by the operator` */
export function changeText({ change, by }: Extract<Mark, { kind: 'changed' }>): string {
  return `${CHANGES[change]} by ${whoText(by)}`;
}

function spanText(from: string, to: string): string {
  return durationText(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000);
}
