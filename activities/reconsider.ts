import { type RestingDelivery, readResting, writeRest } from '../src/db/resting.ts';
import type { Step, Waiting } from '../src/domain/delivery.ts';
import { attemptsAllowed, FURTHEST_AHEAD_MS, rescheduledFrom } from '../src/domain/schedule.ts';
import { type AskedReschedule, askedOf } from '../src/domain/signalled.ts';
import type { ActivityDeps } from './deps.ts';

export interface ReconsiderInput {
  deliveryId: string;
  /** Attempts made so far. */
  attempts: number;
  /** The wait it is in; absent when it is held. */
  waiting?: Pick<Waiting, 'until' | 'because' | 'scheduledS'>;
  /** RFC 3339; when the last attempt ended. */
  lastEndedAt?: string;
  /** What somebody asked of this delivery; absent when it is the endpoint that changed. */
  asked?: AskedReschedule;
}

/**
 * Looks at a resting delivery again after its endpoint changed or somebody rescheduled it, and says when it
 * is due now. An attempt that was promised is never taken away: a schedule that has become too short for the
 * wait it is in leaves that wait as it was, and makes the attempt after it the last.
 */
export function createReconsider({ pool, writes }: ActivityDeps) {
  return async function reconsider({ asked, ...resting }: ReconsiderInput): Promise<Step> {
    const input = { ...resting, ...(asked && { asked: askedOf(asked) }) };
    const found = await readResting(pool, input.deliveryId);
    if (found.settled) return found.settled;
    if (found.endpoint === 'deleted') {
      return writes.settle(input.deliveryId, 'failed', 'endpoint_deleted');
    }
    const { waiting } = input;
    if (!waiting)
      return found.endpoint === 'active' ? { kind: 'due' } : { kind: 'held', endpoint: found.endpoint };

    const { scheduleS, ...next } = nextWait(input, waiting, found);
    const step: Waiting = {
      kind: 'waiting',
      ...next,
      waitMs: Math.max(1, Date.parse(next.until) - found.now.getTime()),
      attemptsAllowed: attemptsAllowed(scheduleS),
    };
    await writeRest(pool, input.deliveryId, step.until, input.asked?.retryScheduleS && scheduleS);
    return step;
  };
}

function nextWait(
  { asked, attempts, lastEndedAt }: ReconsiderInput,
  waiting: NonNullable<ReconsiderInput['waiting']>,
  found: RestingDelivery,
): Pick<Waiting, 'until' | 'because' | 'scheduledS'> & { scheduleS: readonly number[] } {
  const scheduleS = asked?.retryScheduleS
    ? rescheduledFrom(attempts, found.scheduleS, asked.retryScheduleS)
    : found.scheduleS;
  const scheduledS = scheduleS[attempts - 1];
  const place = { scheduleS, ...(scheduledS !== undefined && { scheduledS }) };
  const because = asked ? 'rescheduled' : 'endpoint_changed';
  if (asked?.nextAttemptAt) {
    const now = found.now.getTime();
    const ahead = Math.min(Math.max(Date.parse(asked.nextAttemptAt), now), now + FURTHEST_AHEAD_MS);
    return { ...place, until: new Date(ahead).toISOString(), because };
  }
  const moved = scheduledS !== undefined && scheduledS !== waiting.scheduledS;
  if (!moved || !lastEndedAt) return { ...place, until: waiting.until, because: waiting.because };
  const until = new Date(Date.parse(lastEndedAt) + scheduledS * 1000).toISOString();
  return { ...place, until, because };
}
