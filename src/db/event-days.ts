import { type Day, dayAfter, dayOf, onDays } from './days.ts';
import type { Queryable } from './pool.ts';

/** Where an event and its deliveries are. */
export interface EventDays {
  id: string;
  day: Day;
  /** Other days on which deliveries of it were made. */
  resent_on: Day[];
}

/** SQL: the columns of it, but for the id. */
export const EVENT_DAYS = 'day::text, resent_on::text[]';

/** The days on which there may be deliveries of these events; those made with one may have got their ids after midnight. */
export function deliveryDaysOf(events: readonly EventDays[]): Day[] {
  return events.flatMap(({ day, resent_on }) => [day, dayAfter(day), ...resent_on]);
}

/** The days on which an event of this id may have been accepted: its id says so, or it was named by its caller. */
export async function possibleDaysOf(db: Queryable, accountId: string, id: string): Promise<Day[]> {
  const made = dayOf(id);
  const { rows } = await db.query<{ day: Day }>(
    'select day::text from event_names where account_id = $1 and id = $2',
    [accountId, id],
  );
  return [...rows.map(({ day }) => day), ...(made === undefined ? [] : [dayAfter(made, -1), made])];
}

/** Where an event is; none when there is no such event. */
export async function findEventDays(db: Queryable, accountId: string, id: string): Promise<EventDays[]> {
  const days = await possibleDaysOf(db, accountId, id);
  if (days.length === 0) return [];
  const { rows } = await db.query<EventDays>(
    `select id, ${EVENT_DAYS} from events where account_id = $1 and id = $2 and ${onDays('day', days)}`,
    [accountId, id],
  );
  return rows;
}
