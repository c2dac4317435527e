import { openOrOnDayOf, openOrOnDaysOf } from './days.ts';
import type { Queryable } from './pool.ts';
import { SEALED_IN_FORCE } from './sealed-secrets.ts';

/** How many requests an inbox keeps. */
export const INBOX_SIZE = 100;

/** Requests that are kept of all inboxes together. */
const MOST_KEPT = 2000;

export interface InboxRequest {
  inbox: string;
  method: string;
  /** The query string without its `?`. */
  query: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  deliveryId: string | undefined;
  /** Of each signature that came, by its name. */
  verdicts: object;
}

/**
 * Keeps a request, forgets the oldest beyond the newest hundred, and says what to answer: the n-th of `answers`
 * to the n-th request of a delivery, or of a query when no delivery is named; the last one from there on.
 */
export async function storeInboxRequest(
  db: Queryable,
  request: InboxRequest,
  answers: readonly number[],
): Promise<{ answered: number }> {
  const { rows } = await db.query<{ answered: number }>({
    name: 'store-inbox-request',
    text: `
      with forgotten as (
        delete from inbox_requests
        where inbox = $1 and id <= (
            select id from inbox_requests where inbox = $1 order by id desc offset ${INBOX_SIZE - 1} limit 1)
          or id <= (select max(id) from inbox_requests) - ${MOST_KEPT}
      )
      insert into inbox_requests (inbox, method, query, headers, body, delivery_id, verdicts, answered)
      select $1, $2, $3, $4, $5, $6, $7, ($8::int[])[least(count(*) + 1, cardinality($8::int[]))]
      from inbox_requests
      where inbox = $1 and case when $6::text is null then delivery_id is null and query = $3 else delivery_id = $6 end
      returning answered`,
    values: [
      request.inbox,
      request.method,
      request.query,
      JSON.stringify(request.headers),
      request.body,
      request.deliveryId ?? null,
      JSON.stringify(request.verdicts),
      answers,
    ],
  });
  return rows[0] as { answered: number };
}

export interface StoredInboxRequest {
  id: string;
  received_at: Date;
  method: string;
  query: string;
  headers: Record<string, string | string[]>;
  body: Buffer;
  delivery_id: string | null;
  verdicts: Record<string, string>;
  answered: number;
}

/** Newest first. */
export async function listInboxRequests(db: Queryable, inbox: string): Promise<StoredInboxRequest[]> {
  const { rows } = await db.query<StoredInboxRequest>(
    `select id, received_at, method, query, headers, body, delivery_id, verdicts, answered
     from inbox_requests where inbox = $1 order by id desc limit $2`,
    [inbox, INBOX_SIZE],
  );
  return rows;
}

export async function clearInbox(db: Queryable, inbox: string): Promise<void> {
  await db.query('delete from inbox_requests where inbox = $1', [inbox]);
}

/**
 * The sealed secrets that a delivery is signed with now, newest first; none when there is no such delivery. Not
 * scoped by account: an inbox belongs to none, and only verdicts leave it.
 */
export async function sealedSecretsOfDelivery(db: Queryable, deliveryId: string): Promise<string[]> {
  const { rows } = await db.query<{ sealed: string[] }>(
    `select ${SEALED_IN_FORCE} as sealed
     from deliveries d join endpoints e on e.id = d.endpoint_id
     where d.id = $1 and ${openOrOnDayOf('d.day', deliveryId)}`,
    [deliveryId],
  );
  return rows[0]?.sealed ?? [];
}

/** Forgets requests whose event was dropped, or its payload; how many. */
export async function forgetExpungedInboxRequests(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    'select distinct delivery_id as id from inbox_requests where delivery_id is not null',
  );
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  const { rowCount } = await db.query(
    `delete from inbox_requests i
     where i.delivery_id = any($1) and not exists (
       select from deliveries d join events e on e.account_id = d.account_id and e.id = d.event_id and e.day = d.event_day
       where d.id = i.delivery_id and ${openOrOnDaysOf('d.day', ids)} and e.expunged_at is null)`,
    [ids],
  );
  return rowCount ?? 0;
}
