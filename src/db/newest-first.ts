import { type Day, dayAfter, dayAt, oldestDay } from './days.ts';
import type { PageRequest } from './page.ts';
import type { Queryable } from './pool.ts';

/** How far back each look goes from the newest row that a page may have, in days; the last one goes back to the first day. */
const LOOKS_BACK_DAYS = [1, 8, 40];

/** What a look may find: rows of this span of time, as many at most. */
interface Span {
  since?: Date | undefined;
  until?: Date | undefined;
  rows: number;
}

/**
 * Reads a page of what is kept by day, newest first: a few days at a time, until the page is full. What is wanted is
 * mostly new, and Postgres looks at no other day.
 *
 * @param look reads a span; `days` says in SQL on which `day` its rows are: one may have been made just before midnight,
 *   and got its id just after
 */
export async function newestFirst<Row>(
  db: Queryable,
  accountId: string,
  { since, until, after, rows }: { since?: Date | undefined; until?: Date | undefined } & PageRequest,
  look: (span: Span, days: string) => Promise<Row[]>,
): Promise<Row[]> {
  const newest = dayAt(
    new Date(Math.min(Date.now(), Number(until ?? Date.now()), after ? Date.parse(after.at) : Date.now())),
  );
  const page: Row[] = [];
  let oldest: Day | undefined;
  let before: Day | undefined;
  for (const back of [...LOOKS_BACK_DAYS, undefined]) {
    const first = back === undefined ? undefined : dayAfter(newest, -back);
    const days = [
      `day <= '${dayAfter(before ?? newest)}'`,
      ...(first === undefined ? [] : [`day >= '${first}'`]),
    ];
    const span = {
      since: latest(since, first === undefined ? undefined : new Date(first)),
      until: before === undefined ? until : new Date(before),
      rows: rows - page.length,
    };
    page.push(...(await look(span, `(day is null or ${days.join(' and ')})`)));
    if (page.length >= rows || first === undefined || Number(since ?? Number.NaN) >= Date.parse(first)) break;
    oldest ??= await oldestDay(db, accountId);
    if (oldest >= first) break;
    before = first;
  }
  return page;
}

function latest(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one && other ? new Date(Math.max(one.getTime(), other.getTime())) : (one ?? other);
}
