import { rescheduledFrom } from '../../domain/schedule.ts';
import type { Delivery } from '../api/types.ts';
import type { NewSchedule } from './commands.ts';
import { endOf } from './timeline.ts';

/** When a sleeping delivery would be attempted, each attempt taking no time. */
export function rescheduledTimes(
  { attempts, nextAttemptAt }: Pick<Delivery, 'attempts' | 'nextAttemptAt'>,
  schedule: readonly number[],
  wanted: NewSchedule,
): Date[] {
  const made = attempts.length;
  const last = attempts.at(-1);
  const waits = wanted.retrySchedule ? rescheduledFrom(made, schedule, wanted.retrySchedule) : schedule;
  const wait = waits[made - 1];
  const moved = wanted.retrySchedule && last && wait !== undefined && wait !== schedule[made - 1];
  const next = wanted.nextAttemptAt ?? nextAttemptAt;
  let atMs = Math.max(
    Date.now(),
    !wanted.nextAttemptAt && moved ? Date.parse(endOf(last)) + wait * 1000 : Date.parse(next ?? ''),
  );
  const times = [new Date(atMs)];
  for (const further of waits.slice(made)) {
    atMs += further * 1000;
    times.push(new Date(atMs));
  }
  return times;
}
