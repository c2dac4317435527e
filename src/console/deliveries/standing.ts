import type { Attempt, Delivery, DeliveryLog, Endpoint } from '../api/types.ts';
import { clockText } from '../parts/clock-text.ts';
import { durationText, millisecondsText } from '../parts/duration.ts';
import { outcomeText } from './outcome-text.ts';

interface Known {
  delivery: Delivery;
  endpoint: Endpoint | undefined;
  log: DeliveryLog | undefined;
  now: Date;
}

/** What happens now and why, in a sentence or two. */
export function standingText(known: Known): string {
  const { delivery, log } = known;
  switch (delivery.status) {
    case 'succeeded':
      return arrivedText(delivery.attempts);
    case 'failed':
      return failedText(delivery);
    case 'cancelled':
      return cancelledText(delivery, log);
    case 'held':
      return heldText(known.endpoint);
    case 'delivering':
      return `${behind(delivery.attempts)}Attempt ${numberOfNext(delivery)} is under way.`;
    case 'pending':
    case 'retrying':
      return delivery.waitsFor
        ? 'Waits for its turn: the delivery before it in its ordered lane has not ended.'
        : waitingText(known);
  }
}

/** The number of the attempt that is under way or comes next. A repeat of one that was interrupted keeps its number. */
export function numberOfNext({ attempts }: Pick<Delivery, 'attempts'>): number {
  const last = attempts.at(-1);
  if (!last) return 1;
  return last.error === 'interrupted' ? last.number : last.number + 1;
}

/** Of longer spans the seconds are of no interest. */
const COUNTED_S = 600;

/** `in 28 min (14:32)` */
export function untilText(at: string, now: Date): string {
  const moment = new Date(at);
  const exactS = Math.ceil((moment.getTime() - now.getTime()) / 1000);
  const restS = exactS > COUNTED_S ? Math.round(exactS / 60) * 60 : exactS;
  return restS <= 0 ? 'now' : `in ${durationText(restS)} (${clockText(moment, now)})`;
}

function arrivedText(attempts: Attempt[]): string {
  const last = attempts.at(-1);
  if (!last) return 'Delivered.';
  const answer = `answered ${outcomeText(last)} in ${millisecondsText(last.durationMs)}`;
  return attempts.length === 1
    ? `Arrived at the first attempt: ${answer}.`
    : `Arrived at attempt ${last.number}, after ${times(attempts.length - 1, 'failure')}: ${answer}.`;
}

function failedText({ reason, attempts }: Delivery): string {
  const last = attempts.at(-1);
  switch (reason) {
    case 'rejected':
      return `Ended: ${last?.responseStatus ?? 'a 4xx'} is not retried.`;
    case 'gone':
      return 'Ended: it answered 410 Gone, which is not retried and disables the endpoint.';
    case 'exhausted':
      return attempts.length === 1
        ? `Ended: its only attempt failed (${summary(attempts)}), and no retry is planned.`
        : `Ended: all ${attempts.length} attempts failed. ${summary(attempts)}.`;
    case 'blocked':
      return 'Ended: the endpoint’s URL leads to an address that deliveries may not reach.';
    case 'endpoint_deleted':
      return 'Ended: its endpoint was deleted.';
    case 'secret_unreadable':
      return 'Ended: the endpoint’s secret cannot be read, so nothing could be signed. Rotate it, and resend.';
    case 'payload_expunged':
      return 'Ended: the payload of its event was dropped before it had arrived.';
    default:
      return 'Ended without a success.';
  }
}

function cancelledText({ attempts }: Delivery, log: DeliveryLog | undefined): string {
  const wish = log?.entries.find(
    (entry) => entry.kind === 'changed' && (entry.change === 'cancel' || entry.change === 'terminate'),
  );
  const by = wish?.kind === 'changed' ? ` by ${whoText(wish.by)}` : '';
  const after =
    attempts.length === 0 ? 'before its first attempt' : `after ${times(attempts.length, 'attempt')}`;
  return `Cancelled${by}, ${after}.`;
}

function heldText(endpoint: Endpoint | undefined): string {
  const status = endpoint?.status === 'disabled' ? 'disabled' : 'paused';
  const then = status === 'disabled' ? 'enabled' : 'resumed';
  return `Waits because the endpoint is ${status}. It goes out when the endpoint is ${then}.`;
}

function waitingText({ delivery, log, now }: Known): string {
  const { attempts, nextAttemptAt } = delivery;
  const failures = behind(attempts);
  if (!nextAttemptAt) {
    const last = log?.entries.at(-1);
    return last?.kind === 'held' && last.because === 'busy'
      ? `${failures}Waits for its turn: the endpoint gets as many attempts at a time as it may.`
      : `${failures}Attempt ${numberOfNext(delivery)} begins in a moment.`;
  }
  const when = untilText(nextAttemptAt, now);
  if (attempts.length === 0)
    return when === 'now' ? 'Its first attempt is due now.' : `Its first attempt is ${when}.`;
  return `${summary(attempts)}; tries again ${when}.`;
}

/** What came before, as a sentence of its own. */
function behind(attempts: Attempt[]): string {
  return attempts.length === 0 ? '' : `${summary(attempts)}. `;
}

/** `Answered 503 twice`, `Failed 3 times, the last time: Timed out`. */
function summary(attempts: Attempt[]): string {
  const outcomes = attempts.map(({ responseStatus, error }) =>
    responseStatus === undefined ? outcomeText({ error }) : `Answered ${responseStatus}`,
  );
  const last = outcomes.at(-1) ?? '';
  const count = outcomes.length;
  if (new Set(outcomes).size > 1)
    return `Failed ${often(count)}; at last ${last.charAt(0).toLowerCase()}${last.slice(1)}`;
  return count === 1 ? last : `${last} ${often(count)}`;
}

function often(count: number): string {
  return count === 2 ? 'twice' : `${count} times`;
}

function times(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Who did something, as the audit log names them. */
export function whoText(by: string): string {
  if (by === 'operator') return 'the operator';
  if (by === 'temporal') return 'somebody in Temporal';
  return by.startsWith('temporal:') ? `${by.slice('temporal:'.length)} in Temporal` : `the key ${by}`;
}
