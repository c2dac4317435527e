import { openOrOnDayOf, openOrOnDaysOf } from './days.ts';
import { cursorAt, type PageRequest, pageValues } from './page.ts';
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
  /** Whose delivery it is; undefined when it is no delivery of ours. */
  accountId: string | undefined;
  /** The type that the body names. */
  event: string | undefined;
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
      insert into inbox_requests (inbox, method, query, headers, body, delivery_id, verdicts, account_id, event, answered)
      select $1, $2, $3, $4, $5, $6, $7, $9, $10, ($8::int[])[least(count(*) + 1, cardinality($8::int[]))]
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
      request.accountId ?? null,
      request.event ?? null,
    ],
  });
  return rows[0] as { answered: number };
}

const STORED = 'id, received_at, method, query, headers, body, delivery_id, event, verdicts, answered';

export interface StoredInboxRequest {
  id: string;
  received_at: Date;
  method: string;
  query: string;
  headers: Record<string, string | string[]>;
  body: Buffer;
  delivery_id: string | null;
  event: string | null;
  verdicts: Record<string, string>;
  answered: number;
}

/** Newest first. */
export async function listInboxRequests(db: Queryable, inbox: string): Promise<StoredInboxRequest[]> {
  const { rows } = await db.query<StoredInboxRequest>(
    `select ${STORED}
     from inbox_requests where inbox = $1 order by id desc limit $2`,
    [inbox, INBOX_SIZE],
  );
  return rows;
}

export async function clearInbox(db: Queryable, inbox: string): Promise<void> {
  await db.query('delete from inbox_requests where inbox = $1', [inbox]);
}

/** A request without what may be long. */
export type ListedInboxRequest = Omit<StoredInboxRequest, 'query' | 'headers' | 'body'> & {
  inbox: string;
  attempt: string | null;
  cursor_at: string;
};

/** Those that an account's deliveries brought to one inbox, or to any; newest first. */
export async function listInboxRequestsOf(
  db: Queryable,
  accountId: string,
  inbox: string | undefined,
  page: PageRequest,
): Promise<ListedInboxRequest[]> {
  const { rows } = await db.query<ListedInboxRequest>(
    `select id, inbox, received_at, method, delivery_id, event, headers ->> 'posthaste-attempt' as attempt, verdicts,
       answered, ${cursorAt('received_at')} as cursor_at
     from inbox_requests
     where account_id = $1
       and ($2::text is null or inbox = $2)
       and ($3::timestamptz is null or (received_at, id) < ($3, $4::bigint))
     order by received_at desc, id desc
     limit $5`,
    [accountId, inbox ?? null, ...pageValues(page)],
  );
  return rows;
}

/** One of those. */
export async function findInboxRequest(
  db: Queryable,
  accountId: string,
  id: string,
): Promise<(StoredInboxRequest & Pick<ListedInboxRequest, 'inbox' | 'attempt'>) | undefined> {
  const { rows } = await db.query<StoredInboxRequest & Pick<ListedInboxRequest, 'inbox' | 'attempt'>>(
    `select ${STORED}, inbox, headers ->> 'posthaste-attempt' as attempt
     from inbox_requests where account_id = $1 and id = $2`,
    [accountId, id],
  );
  return rows[0];
}

/**
 * Whose delivery it is, and the sealed secrets that it is signed with now, newest first; undefined when there is no such
 * delivery. Not scoped by account: whoever calls an inbox has none, and gets to see nothing of it.
 */
export async function signerOfDelivery(
  db: Queryable,
  deliveryId: string,
): Promise<{ accountId: string; sealed: string[] } | undefined> {
  const { rows } = await db.query<{ accountId: string; sealed: string[] }>(
    `select d.account_id as "accountId", ${SEALED_IN_FORCE} as sealed
     from deliveries d join endpoints e on e.id = d.endpoint_id
     where d.id = $1 and ${openOrOnDayOf('d.day', deliveryId)}`,
    [deliveryId],
  );
  return rows[0];
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
