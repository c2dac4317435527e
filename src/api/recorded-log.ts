import type { AttemptRow, DeliveryChange, DeliveryRow } from '../db/deliveries.ts';
import { isFinal } from '../domain/delivery.ts';
import { CHANGE_ACTIONS, type Change, insertedByTime, type LogEntry } from '../domain/story.ts';

/** The audit log's word for a delivery that its endpoint took nothing of. */
const HELD_ACTION = 'delivery.held';
/** And for an endpoint that lets through what it held. */
const RESUMED_ACTION = 'endpoint.resumed';

/** What is known of a delivery in Postgres. */
export interface Recorded {
  delivery: DeliveryRow;
  /** When its first attempt was asked to wait until, if it was. */
  deliverAt: Date | undefined;
  attempts: readonly AttemptRow[];
  changes: readonly DeliveryChange[];
  /** The last reset in Temporal, which is not in the record when the delivery had ended before. */
  reset?: LogEntry | undefined;
}

/** Tells a delivery's log again from the record, for when Temporal has its workflow no longer. */
export function recordedLog({ delivery, deliverAt, attempts, changes, reset }: Recorded): LogEntry[] {
  const entries: LogEntry[] = ofWaits(delivery);
  const begunAt = delivery.waited_in_lane ? delivery.let_go_at : delivery.created_at;
  if (deliverAt && !delivery.resend_of && begunAt && begunAt < deliverAt) {
    entries.push({
      at: begunAt.toISOString(),
      kind: 'wait',
      until: deliverAt.toISOString(),
      because: 'deliver_at',
    });
  }
  entries.push(...attempts.flatMap(ofAttempt), ...changes.flatMap((change) => ofChange(delivery, change)));
  // Stable: what an attempt led to stays behind it.
  entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  // As its row says: an attempt may have been recorded after somebody had ended the delivery.
  if (isFinal(delivery.status) && delivery.completed_at) {
    entries.push({
      at: delivery.completed_at.toISOString(),
      kind: 'ended',
      status: delivery.status,
      ...(delivery.reason && { reason: delivery.reason }),
    });
  }
  const knowsReset = entries.some((entry) => changeOf(entry) === 'reset');
  return reset && !knowsReset ? insertedByTime(entries, reset) : entries;
}

/** That it waited for its turn, from the first, and for room; without a workflow, which could tell it. */
function ofWaits({ waited_in_lane: isOrdered, created_at, crowded_at }: DeliveryRow): LogEntry[] {
  const entries: LogEntry[] = [];
  if (isOrdered) entries.push({ at: created_at.toISOString(), kind: 'held', because: 'ordered' });
  if (crowded_at) entries.push({ at: crowded_at.toISOString(), kind: 'held', because: 'busy' });
  return entries;
}

function ofAttempt(row: AttemptRow): LogEntry[] {
  const { step } = row;
  const startedAt = row.started_at.toISOString();
  const at = new Date(row.started_at.getTime() + row.duration_ms).toISOString();
  if (!step?.attempt) {
    const { number, duration_ms: durationMs } = row;
    return [{ at, kind: 'attempt', number, startedAt, durationMs, error: 'interrupted' }];
  }
  const attempt: LogEntry = { at, kind: 'attempt', ...step.attempt };
  if (step.kind === 'settled') return [attempt];
  return [attempt, { at, kind: 'wait', until: step.until, because: step.because }];
}

/**
 * What the workflow told of itself, with what it cannot know: who terminated, cancelled or reset it with Temporal's
 * own tools. The audit log does.
 */
export function toldLog(
  told: readonly LogEntry[],
  { delivery, attempts, changes }: Pick<Recorded, 'delivery' | 'attempts' | 'changes'>,
): LogEntry[] {
  const done = changes
    .filter(({ actor }) => /^temporal(:|$)/.test(actor))
    .flatMap((change) => ofChange(delivery, change));
  const nameless = told.filter((entry) => entry.kind === 'changed' && entry.by === 'temporal');
  let log = [...told];
  // Newest first: the reset that is told is the newest one.
  for (const entry of done.reverse()) {
    const known = nameless.findLastIndex((other) => changeOf(other) === changeOf(entry));
    const [other] = known < 0 ? [] : nameless.splice(known, 1);
    if (other) log = log.map((line) => (line === other ? { ...entry, at: other.at } : line));
    else log = insertedByTime(log, entry);
  }
  // What a worker began before it died, it could not tell.
  for (const row of attempts)
    if (row.error === 'interrupted') log = ofAttempt(row).reduce(insertedByTime, log);
  // Cancelled before its workflow had begun, it was not told by whom.
  const isCancelled = told.some((entry) => entry.kind === 'ended' && entry.status === 'cancelled');
  const isTold = log.some((entry) => changeOf(entry) === 'cancel');
  const wish = changes.find(({ action }) => action === CHANGE_ACTIONS.cancel);
  if (isCancelled && !isTold && wish) log = ofChange(delivery, wish).reduce(insertedByTime, log);
  const before = heldBefore({ told, delivery, changes });
  return before.entries.reduce(insertedByTime, [
    ...ofWaits(delivery),
    ...log.filter((entry) => !before.heard.includes(entry)),
  ]);
}

/**
 * What befell it in a burst, before its workflow began: that its endpoint took nothing, and who changed that. The workflow
 * may have been told of the change all the same (`heard`), but not when it was made.
 */
function heldBefore({
  told,
  delivery,
  changes,
}: Pick<Recorded, 'delivery' | 'changes'> & { told: readonly LogEntry[] }): {
  entries: LogEntry[];
  heard: readonly LogEntry[];
} {
  const held = changes.filter(({ action }) => action === HELD_ACTION);
  const timesTold = told.filter((entry) => entry.kind === 'held' && entry.because !== 'busy').length;
  const untold = held.slice(0, Math.max(0, held.length - timesTold));
  const [first, last] = [untold.at(0), untold.at(-1)];
  if (!first || !last) return { entries: [], heard: [] };
  const begins = told.findIndex(({ kind }) => kind !== 'changed');
  const begun = told[begins];
  const asItBegan = told
    .slice(0, begun ? begins : told.length)
    .filter((entry) => changerOf(entry) !== undefined);
  const letThrough = changes.find(({ action, at }) => action === RESUMED_ACTION && at >= last.at);
  // Its clock may be behind: it began after it was let through, whatever that says.
  const until = Math.max(
    begun ? Date.parse(begun.kind === 'attempt' ? begun.startedAt : begun.at) : Number.POSITIVE_INFINITY,
    letThrough?.at.getTime() ?? 0,
    ...asItBegan.map(({ at }) => Date.parse(at)),
  );
  // What else was done to it, a cancel above all, is told already.
  const entries = changes
    .filter(({ action, target }) => action === HELD_ACTION || target === delivery.endpoint_id)
    .filter(({ at }) => at >= first.at && at.getTime() <= until)
    .flatMap((change) => ofChange(delivery, change));
  const changers = entries.map(changerOf);
  const heard = asItBegan.filter((entry) => changers.includes(changerOf(entry)));
  return { entries, heard };
}

/** Who changed its endpoint; undefined of a line that tells something else. */
function changerOf(entry: LogEntry): string | undefined {
  return entry.kind === 'changed' && entry.change === 'endpoint_changed' ? entry.by : undefined;
}

function changeOf(entry: LogEntry): Change | undefined {
  return entry.kind === 'changed' ? entry.change : undefined;
}

function ofChange(
  delivery: DeliveryRow,
  { at: time, action, actor: by, target, details }: DeliveryChange,
): LogEntry[] {
  const at = time.toISOString();
  if (action === HELD_ACTION)
    return [{ at, kind: 'held', because: details.endpoint === 'disabled' ? 'disabled' : 'paused' }];
  if (target === delivery.endpoint_id) return [{ at, kind: 'changed', change: 'endpoint_changed', by }];
  const change = (Object.keys(CHANGE_ACTIONS) as (Change & keyof typeof CHANGE_ACTIONS)[]).find(
    (name) => CHANGE_ACTIONS[name] === action,
  );
  if (!change) return [];
  const changed: LogEntry = { at, kind: 'changed', change, by };
  const { nextAttemptAt } = details;
  return typeof nextAttemptAt === 'string'
    ? [changed, { at, kind: 'wait', until: nextAttemptAt, because: 'rescheduled' }]
    : [changed];
}
