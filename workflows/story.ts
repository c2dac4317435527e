import { patched, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { DeliveryStatus, Held, Step, Waiting } from '../src/domain/delivery.ts';
import type { AskedReschedule } from '../src/domain/signalled.ts';
import { attemptResult, attemptTitle, type Change, type LogEntry } from '../src/domain/story.ts';
import * as messages from './messages.ts';
import { onSignal } from './signals.ts';

/** Something that somebody did, waiting for the delivery to rest. */
interface Nudge {
  kind: 'retry' | 'cancel' | 'reschedule' | 'endpoint_changed' | 'proceed';
  asked?: AskedReschedule;
  /** Whoever asked knew of so many attempts. */
  afterAttempt?: number | undefined;
}

export type Story = ReturnType<typeof openStory>;

/**
 * What a delivery remembers of itself: its log, its place in the schedule, and what somebody asked of it.
 * Answers the queries, takes the signals, and keeps the Web UI's details and search attributes true.
 *
 * @param first its first step: a signal may have come before it, and is about the rest that it may be
 */
export function openStory(first: Step) {
  const entries: LogEntry[] = [];
  let nudges: Nudge[] = [];
  let step = first;
  let attempts = 0;
  let allowed: number | undefined;
  let lastEndedAt: string | undefined;
  let apart = false;
  let woken = false;
  let shownStatus: DeliveryStatus = 'pending';

  const now = () => new Date().toISOString();
  const resting = () => step.kind === 'waiting' || step.kind === 'held';
  const title = () => (allowed ? attemptTitle(attempts + 1, allowed) : `attempt ${attempts + 1}`);

  function changed(change: Change, by = 'temporal'): void {
    entries.push({ at: now(), kind: 'changed', change, by });
  }

  const lastAttempt = () => entries.findLast((entry) => entry.kind === 'attempt');

  function statusNow(): DeliveryStatus {
    switch (step.kind) {
      case 'due':
        return 'delivering';
      case 'waiting':
        return attempts === 0 ? 'pending' : 'retrying';
      case 'held':
        if (step.endpoint !== 'busy') return 'held';
        return attempts === 0 ? 'pending' : 'retrying';
      case 'settled':
        return step.status;
    }
  }

  /** During attempt n only the rest after n can be meant; a rest that is over already was meant by a late signal. */
  const isMeant = (afterAttempt: number) => (resting() ? afterAttempt >= attempts : afterAttempt > attempts);

  /** A workflow that was started again has yet to hear of the attempts before; a retry after those is not over with the first. */
  const knowsMore = ({ afterAttempt = 0 }: Nudge) =>
    afterAttempt > attempts && patched('retry-after-a-restart');

  onSignal(messages.retryNow, ({ by, afterAttempt }) => {
    const meant = afterAttempt === undefined ? resting() : isMeant(afterAttempt);
    if (!meant || nudges.some(({ kind }) => kind === 'retry')) return;
    changed('retry', by);
    nudges.push({ kind: 'retry', afterAttempt });
  });
  onSignal(messages.cancel, ({ by }) => {
    changed('cancel', by);
    nudges.unshift({ kind: 'cancel' });
  });
  onSignal(messages.reschedule, ({ by, afterAttempt, asked }) => {
    if (afterAttempt !== undefined && !isMeant(afterAttempt)) return;
    // One that asks for nothing changes nothing; it is a nudge all the same, for in histories it was.
    if (Object.keys(asked).length > 0) changed('reschedule', by);
    nudges.push({ kind: 'reschedule', asked });
  });
  onSignal(messages.endpointChanged, ({ by }) => {
    changed('endpoint_changed', by);
    nudges.push({ kind: 'endpoint_changed' });
  });
  onSignal(messages.proceed, ({ by }) => {
    // It may overtake the news that the delivery is held, which the activity that parked it brings.
    if (step.kind !== 'held' && step.kind !== 'due') return;
    if (by) changed('endpoint_changed', by);
    nudges.push({ kind: 'proceed' });
  });
  setHandler(messages.log, () => entries);
  setHandler(messages.status, () => ({
    status: statusNow(),
    attemptCount: attempts,
    ...(step.kind === 'waiting' && { nextAttemptAt: step.until }),
    ...(step.kind === 'settled' && step.reason && { reason: step.reason }),
  }));

  return {
    get attempts() {
      return attempts;
    },
    /** Whether attempts are activities of their own: it has slept, or there was no room in the worker's tasks. */
    get apart() {
      return apart;
    },
    /** Whether its endpoint has room that is kept for it. */
    get woken() {
      return woken;
    },
    attemptTitle: title,
    /** `until attempt 2 of 6, after 503 server_error in 12 ms` */
    waitTitle(): string {
      const last = lastAttempt();
      return `until ${title()}${last ? `, after ${attemptResult(last)}` : ''}`;
    },
    changed,
    nudged: () => nudges.length > 0,
    takeNudge(): Nudge {
      const nudge = nudges.shift() as Nudge;
      woken = nudge.kind === 'proceed';
      return nudge;
    },
    /** Where a resting delivery stands, for `reconsider`. */
    place(at: Waiting | Held) {
      return {
        attempts,
        ...(lastEndedAt && { lastEndedAt }),
        ...(at.kind === 'waiting' && {
          waiting: {
            until: at.until,
            because: at.because,
            ...(at.scheduledS !== undefined && { scheduledS: at.scheduledS }),
          },
        }),
      };
    },
    /** Takes in what came of an attempt or a change, before it is followed. */
    tell(next: Step): void {
      step = next;
      if ('attempt' in next && next.attempt) {
        attempts = next.attempt.number;
        lastEndedAt = new Date(Date.parse(next.attempt.startedAt) + next.attempt.durationMs).toISOString();
        entries.push({ at: lastEndedAt, kind: 'attempt', ...next.attempt });
      }
      // What follows from an attempt happened when it ended, by the clock that timed it.
      const at = 'attempt' in next && next.attempt && lastEndedAt ? lastEndedAt : now();
      if (next.kind !== 'due') woken = false;
      if (next.kind !== 'held') nudges = nudges.filter(({ kind }) => kind !== 'proceed');
      switch (next.kind) {
        case 'due':
          // A retry that came together with the timer means the attempt that begins now.
          nudges = nudges.filter((nudge) => nudge.kind !== 'retry' || knowsMore(nudge));
          apart ||= next.apart === true;
          return;
        case 'waiting':
          apart = true;
          allowed = next.attemptsAllowed;
          entries.push({ at, kind: 'wait', until: next.until, because: next.because });
          break;
        case 'held':
          apart ||= next.endpoint !== 'busy';
          entries.push({ at, kind: 'held', because: next.endpoint });
          break;
        case 'settled':
          entries.push({
            at,
            kind: 'ended',
            status: next.status,
            ...(next.reason && { reason: next.reason }),
          });
          break;
      }
      showInWebUi(next);
    },
  };

  function showInWebUi(next: Exclude<Step, { kind: 'due' }>): void {
    const current = statusNow();
    if (current !== shownStatus)
      upsertSearchAttributes([{ key: messages.DeliveryStatusKey, value: current }]);
    shownStatus = current;
    const last = lastAttempt();
    const lines = last ? [`Last: attempt ${last.number}, ${attemptResult(last)}.`] : [];
    switch (next.kind) {
      case 'waiting':
        lines.push(`Next: ${title()} at ${next.until} (${next.because}).`);
        break;
      case 'held':
        lines.push(`${next.endpoint === 'busy' ? 'Waits' : 'Held'}: the endpoint is ${next.endpoint}.`);
        break;
      case 'settled':
        lines.push(`Ended: ${next.status}${next.reason ? ` (${next.reason})` : ''}.`);
        break;
    }
    setCurrentDetails(lines.join('\n\n'));
  }
}
