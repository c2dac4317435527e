import { isFinal } from '../../domain/delivery.ts';
import type { Attempt, Delivery, DeliveryLog } from '../api/types.ts';
import { numberOfNext } from './standing.ts';

type LogEntry = DeliveryLog['entries'][number];
type Told<Kind extends LogEntry['kind']> = Extract<LogEntry, { kind: Kind }>;

/** What a delivery does while it is not attempted; `endedAt` is absent while it still does. */
export type Rest = (Told<'wait'> | Told<'held'>) & { endedAt?: string | undefined };

/** An attempt to come. */
export interface Planned {
  kind: 'planned';
  number: number;
  /** RFC 3339; absent when it is not known yet. */
  at?: string | undefined;
  /** Seconds after the attempt before it; absent for the next one. */
  afterS?: number | undefined;
  isLast: boolean;
}

/** One mark of the timeline, oldest first. */
export type Mark =
  | { kind: 'made'; at: string }
  | { kind: 'attempt'; attempt: Attempt }
  | Rest
  | Told<'changed'>
  | { kind: 'under-way'; number: number }
  | Planned
  | { kind: 'ended'; at: string; status: Delivery['status'] };

/**
 * What was, what is and what is planned of a delivery.
 *
 * @param schedule the waits in force, in seconds, from the first attempt on
 */
export function timelineOf(
  delivery: Delivery,
  log: DeliveryLog | undefined,
  schedule: readonly number[],
): Mark[] {
  const { status, createdAt, completedAt } = delivery;
  const begun: Mark[] = [{ kind: 'made', at: createdAt }, ...pastOf(delivery, log)];
  if (isFinal(status)) return completedAt ? [...begun, { kind: 'ended', at: completedAt, status }] : begun;
  if (status === 'delivering') begun.push({ kind: 'under-way', number: numberOfNext(delivery) });
  return [...begun, ...plannedOf(delivery, schedule)];
}

/** In the order of the log. The delivery tells more of its attempts, and may be ahead of the log. */
function pastOf(delivery: Delivery, log: DeliveryLog | undefined): Mark[] {
  const told = (log?.entries ?? []).filter(({ kind }) => kind !== 'ended');
  const untold = new Map(delivery.attempts.map((attempt) => [attempt.number, attempt]));
  const marks: Mark[] = [];
  for (const entry of told.reverse()) {
    if (entry.kind === 'attempt') {
      // Of several tries under one number the last one is kept.
      marks.push({ kind: 'attempt', attempt: untold.get(entry.number) ?? entry });
      untold.delete(entry.number);
    } else if (entry.kind !== 'ended') marks.push(entry);
  }
  marks.reverse();
  for (const attempt of untold.values()) marks.push({ kind: 'attempt', attempt });
  return marks.map((mark, index) =>
    isRest(mark) ? { ...mark, endedAt: endOfRest(mark, marks.slice(index + 1), delivery) } : mark,
  );
}

function isRest(mark: Mark): mark is Rest {
  return mark.kind === 'wait' || mark.kind === 'held';
}

function endOfRest(rest: Rest, later: Mark[], { status, completedAt }: Delivery): string | undefined {
  const next = later.find((mark) => mark.kind === 'attempt' || isRest(mark));
  if (next?.kind === 'attempt') return next.attempt.startedAt;
  if (next && isRest(next)) return next.at;
  if (status !== 'delivering') return completedAt;
  return rest.kind === 'wait' ? rest.until : rest.at;
}

function plannedOf(delivery: Delivery, schedule: readonly number[]): Planned[] {
  const { status, nextAttemptAt } = delivery;
  const next = numberOfNext(delivery);
  const isUnderWay = status === 'delivering';
  const last = Math.max(schedule.length + 1, next);
  const planned: Planned[] = [];
  let atMs = nextAttemptAt && !isUnderWay ? Date.parse(nextAttemptAt) : undefined;
  if (!isUnderWay) planned.push({ kind: 'planned', number: next, at: nextAttemptAt, isLast: next === last });
  for (let number = next + 1; number <= last; number++) {
    const afterS = schedule[number - 2] ?? 0;
    atMs = atMs === undefined ? undefined : atMs + afterS * 1000;
    const at = atMs === undefined ? undefined : new Date(atMs).toISOString();
    planned.push({ kind: 'planned', number, at, afterS, isLast: number === last });
  }
  return planned;
}

/** When an attempt had ended, RFC 3339. */
export function endOf({ startedAt, durationMs }: Pick<Attempt, 'startedAt' | 'durationMs'>): string {
  return new Date(Date.parse(startedAt) + durationMs).toISOString();
}
