import { betweenDays, type Day, dayAfter, dayAt, oldestDay } from './days.ts';
import type { PageRequest } from './page.ts';
import type { Queryable } from './pool.ts';

/** How far back each look goes from the newest row that a page may have, in days; the last one goes back to the first day. */
const LOOKS_BACK_DAYS = [1, 8, 40];

/** The part of a list's filter that looks at time. */
interface Span {
  since?: Date | undefined;
  until?: Date | undefined;
}

/**
 * Reads a page of what is kept by day, newest first: a few days at a time, until the page is full. What is wanted is
 * mostly new, and Postgres looks at no other day.
 *
 * @param look reads a part of it; `days` says in SQL on which `day` its rows are: one may have been made just before
 *   midnight, and got its id just after
 */
export async function newestFirst<Row, Filter extends Span>(
  db: Queryable,
  accountId: string,
  filter: Filter,
  page: PageRequest,
  look: (filter: Filter, page: PageRequest, days: string) => Promise<Row[]>,
): Promise<Row[]> {
  const { since, until } = filter;
  const { after, rows } = page;
  const newest = dayAt(earliest(new Date(), until, after && new Date(after.at)));
  const found: Row[] = [];
  let oldest: Day | undefined;
  let before: Day | undefined;
  for (const back of [...LOOKS_BACK_DAYS, undefined]) {
    const first = back === undefined ? undefined : dayAfter(newest, -back);
    const days = `(day is null or ${betweenDays('day', first, dayAfter(before ?? newest))})`;
    const part = {
      ...filter,
      since: latest(since, first === undefined ? undefined : new Date(first)),
      until: before === undefined ? until : new Date(before),
    };
    found.push(...(await look(part, { after, rows: rows - found.length }, days)));
    if (found.length >= rows || first === undefined || Number(since ?? Number.NaN) >= Date.parse(first))
      break;
    oldest ??= await oldestDay(db, accountId);
    if (oldest >= first) break;
    before = first;
  }
  return found;
}

function earliest(one: Date, ...others: (Date | undefined)[]): Date {
  return new Date(Math.min(Number(one), ...others.filter((other) => other !== undefined).map(Number)));
}

function latest(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one && other ? new Date(Math.max(one.getTime(), other.getTime())) : (one ?? other);
}
