import { type Day, onDays } from './days.ts';
import { EVENT_DAYS, type EventDays, possibleDaysOf } from './event-days.ts';
import { newestFirst } from './newest-first.ts';
import { cursorAt, type PageRequest, pageValues } from './page.ts';
import type { Queryable } from './pool.ts';

/** An event as it is listed. */
export interface EventRow extends EventDays {
  type: string;
  created_at: Date;
  accepted_at: Date;
  deliver_at: Date | null;
  ordering_key: string | null;
  test: boolean;
  /** When its data was dropped; null while it is there. */
  expunged_at: Date | null;
  cursor_at: string;
}

const COLUMNS = `id, ${EVENT_DAYS}, type, created_at, accepted_at, deliver_at, ordering_key, test, expunged_at,
  ${cursorAt('accepted_at')} as cursor_at`;

/** Every part narrows; an absent one does not. */
export interface EventFilter {
  type?: string | undefined;
  /** On the time of acceptance; inclusive. */
  since?: Date | undefined;
  /** On the time of acceptance; exclusive. */
  until?: Date | undefined;
}

/** Newest first. */
export async function listEvents(
  db: Queryable,
  accountId: string,
  filter: EventFilter,
  page: PageRequest,
): Promise<EventRow[]> {
  return newestFirst(db, accountId, filter, page, (...part) => readPage(db, accountId, ...part));
}

/** @param days SQL: where the rows lie */
async function readPage(
  db: Queryable,
  accountId: string,
  filter: EventFilter,
  page: PageRequest,
  days: string,
): Promise<EventRow[]> {
  const { rows } = await db.query<EventRow>(
    `select ${COLUMNS}
     from events
     where account_id = $1 and ${days}
       and ($2::text is null or type = $2)
       and ($3::timestamptz is null or accepted_at >= $3)
       and ($4::timestamptz is null or accepted_at < $4)
       and ($5::timestamptz is null or (accepted_at, id) < ($5, $6))
     order by accepted_at desc, id desc
     limit $7`,
    [accountId, filter.type ?? null, filter.since ?? null, filter.until ?? null, ...pageValues(page)],
  );
  return rows;
}

/**
 * An event with its data, as JSON text; null when that was dropped.
 *
 * @param day on which it was accepted, where that is known
 */
export async function findEvent(
  db: Queryable,
  accountId: string,
  id: string,
  day?: Day,
): Promise<(EventRow & { data: string | null }) | undefined> {
  const days = day === undefined ? await possibleDaysOf(db, accountId, id) : [day];
  const { rows } = await db.query<EventRow & { data: string | null }>(
    `select ${COLUMNS}, data
     from events where account_id = $1 and id = $2 and ${onDays('day', days)}`,
    [accountId, id],
  );
  return rows[0];
}
