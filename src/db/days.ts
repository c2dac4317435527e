import type { Queryable } from './pool.ts';

/**
 * A UTC day, like `2026-11-26`. Events are kept by the day on which they were accepted, deliveries and their attempts,
 * once they have ended, by that on which the delivery was made; what is open has no day, and is together in one
 * partition. Statements say which days they mean, or that none: then Postgres plans without the others. The engine's plans
 * are made before it sees any values, so it says it in the text.
 */
export type Day = string;

/** Days from today on for which there are partitions: from the day before, for clocks differ. */
const FROM_DAY = -1;
const TO_DAY = 8;
const DAY_MS = 86_400_000;
const LAST_AT = Date.UTC(9999, 11, 31);

/** The day on which an id was made that is like ours (a prefix, 12 hex digits of milliseconds, 20 others). */
export function dayOf(id: string): Day | undefined {
  const hex = /^[a-z]+_([0-9a-f]{12})[0-9a-f]{20}$/.exec(id)?.[1];
  const at = hex === undefined ? undefined : Number.parseInt(hex, 16);
  return at === undefined || at > LAST_AT ? undefined : dayAt(new Date(at));
}

export function dayAfter(day: Day, days = 1): Day {
  return dayAt(new Date(Date.parse(day) + days * DAY_MS));
}

/** A time before or after all that ids can tell of counts as on the first or the last day. */
export function dayAt(at: Date): Day {
  return new Date(Math.min(Math.max(at.getTime(), 0), LAST_AT)).toISOString().slice(0, 10);
}

/** SQL: the day. */
function literal(day: Day): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new Error(`${day} is no day`);
  return `'${day}'`;
}

/** SQL: the column is a day from the first, where there is one, to the last. */
export function betweenDays(column: string, first: Day | undefined, last: Day): string {
  const notAfter = `${column} <= ${literal(last)}`;
  return first === undefined ? notAfter : `${column} >= ${literal(first)} and ${notAfter}`;
}

/** SQL: the column is one of these days. */
export function onDays(column: string, days: Iterable<Day>): string {
  const list = [...new Set(days)].map(literal);
  return list.length === 0 ? 'false' : `${column} in (${list.join(', ')})`;
}

/** SQL: the column says that the row of a delivery is open, or the day on which one of these was made. */
export function openOrOnDaysOf(column: string, deliveryIds: readonly string[]): string {
  return openOrOn(column, daysOf(deliveryIds));
}

export function openOrOnDayOf(column: string, deliveryId: string): string {
  return openOrOnDaysOf(column, [deliveryId]);
}

/** The days on which these were made. */
export function daysOf(ids: readonly string[]): Day[] {
  return ids.map(dayOf).filter((day) => day !== undefined);
}

/** SQL: the column is one of these days, or says that the row is open. */
export function openOrOn(column: string, days: Iterable<Day>): string {
  return `(${column} is null or ${onDays(column, days)})`;
}

/**
 * Makes the partitions that will be needed next, and those of days on which nobody did; those that there are are left as
 * they are.
 */
export async function addDays(db: Queryable, now = new Date()): Promise<void> {
  const there = await readDays(db);
  const newest = there.at(-1);
  const next = dayAfter(dayAt(now), FROM_DAY);
  const last = dayAfter(dayAt(now), TO_DAY);
  for (let day = newest && newest < next ? dayAfter(newest) : next; day <= last; day = dayAfter(day))
    if (!there.includes(day)) await addDay(db, day);
}

/** Makes the partitions of a day. Whoever is making them just now is waited for. */
export async function addDay(db: Queryable, day: Day): Promise<void> {
  await db.query(
    `with added as (insert into days values ($1) on conflict do nothing returning day)
     select add_day(day) from added`,
    [day],
  );
}

/** The first day on which there may be something of an account: the oldest that is kept, or that on which it came. */
export async function oldestDay(db: Queryable, accountId: string): Promise<Day> {
  const { rows } = await db.query<{ day: Day }>(
    `select greatest(min(day), (select (created_at at time zone 'UTC')::date from accounts where id = $1))::text as day
     from days`,
    [accountId],
  );
  return rows[0]?.day ?? '';
}

/** The days that there are, oldest first. */
export async function readDays(db: Queryable): Promise<Day[]> {
  const { rows } = await db.query<{ day: Day }>('select day::text from days order by days.day');
  return rows.map(({ day }) => day);
}

/**
 * Moves deliveries that have ended without an attempt, and the attempts that they had before, to their days: a statement
 * that ends one needs not do it. One whose last attempt may still tell its outcome is left for a day.
 *
 * @returns how many
 */
export async function moveEnded(db: Queryable, limit: number): Promise<number> {
  const { rows } = await db.query<{ moved: number }>({
    name: 'move-ended',
    text: `
      with ended as materialized (
        select id from deliveries d
        where day is null and completed_at < now() - interval '1 minute'
          and (completed_at < now() - interval '1 day' or not exists (
            select from attempts t where t.delivery_id = d.id and t.day is null and t.finished_at is null offset 0))
        order by completed_at limit $1
        for update skip locked
      ), attempts_too as (
        update attempts t set day = day_of(t.delivery_id)
        where t.delivery_id = any (array(select id from ended)) and t.day is null
      ), moved as (
        update deliveries d set day = day_of(d.id)
        where d.id = any (array(select id from ended)) and d.day is null
        returning d.id
      )
      select count(*)::int as moved from moved`,
    values: [limit],
  });
  return rows[0]?.moved ?? 0;
}
