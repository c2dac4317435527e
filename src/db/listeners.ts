import type { Queryable } from './pool.ts';
import { SEALED_IN_FORCE } from './sealed-secrets.ts';

/** How long a reader that says nothing is taken to be there. It says so every {@link KEPT_EVERY_MS}. */
const READ_FOR = '6 seconds';
export const KEPT_EVERY_MS = 2000;
/** How long after a reader has gone another may come as if nothing had been. */
const COMES_AGAIN_WITHIN = '2 seconds';

export interface ListenerRow {
  id: string;
  account_id: string;
  endpoint_id: string;
}

export async function countListeners(db: Queryable, accountId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from listeners where account_id = $1',
    [accountId],
  );
  return rows[0]?.count ?? 0;
}

/** The id for a listener to be: its endpoint's URL has it, and is written first. */
export async function newListenerId(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ id: string }>("select new_id('lsn') as id");
  return rows[0]?.id ?? '';
}

/** @returns from when on nobody has read it */
export async function insertListener(
  db: Queryable,
  listener: { id: string; accountId: string; endpointId: string; tokenHash: Buffer },
): Promise<Date> {
  const { rows } = await db.query<{ read_until: Date }>(
    `insert into listeners (id, account_id, endpoint_id, token_hash) values ($1, $2, $3, $4) returning read_until`,
    [listener.id, listener.accountId, listener.endpointId, listener.tokenHash],
  );
  return rows[0]?.read_until ?? new Date();
}

export async function findListener(
  db: Queryable,
  accountId: string,
  id: string,
): Promise<ListenerRow | undefined> {
  const { rows } = await db.query<ListenerRow>(
    'select id, account_id, endpoint_id from listeners where account_id = $1 and id = $2',
    [accountId, id],
  );
  return rows[0];
}

/** What there is to know of a listener where a delivery knocks. */
export interface ListenerAtDoor {
  tokenHash: Buffer;
  isRead: boolean;
  /** The sealed secrets that its endpoint signs with now, newest first. */
  sealed: string[];
  /** The time by the clock of the database, which attempts are signed at. */
  now: Date;
}

/** A listener, whoever's it is. */
export async function findListenerAnywhere(db: Queryable, id: string): Promise<ListenerAtDoor | undefined> {
  const { rows } = await db.query<ListenerAtDoor>({
    name: 'find-listener-anywhere',
    text: `
      select l.token_hash as "tokenHash", l.read_until > now() as "isRead", ${SEALED_IN_FORCE} as sealed, now()
      from listeners l join endpoints e on e.id = l.endpoint_id where l.id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Makes a reader the one of a listener, in the place of the one before; false when there is no such listener. */
export async function beginReading(
  db: Queryable,
  accountId: string,
  id: string,
  reader: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update listeners set reader = $3, read_until = now() + interval '${READ_FOR}'
     where account_id = $1 and id = $2`,
    [accountId, id, reader],
  );
  return rowCount === 1;
}

/** Says that a reader is still there, if it has its place still. */
export async function keepReading(db: Queryable, id: string, reader: string): Promise<void> {
  await db.query({
    name: 'keep-reading',
    text: `update listeners set read_until = now() + interval '${READ_FOR}' where id = $1 and reader = $2`,
    values: [id, reader],
  });
}

/** A reader has gone. */
export async function endReading(db: Queryable, id: string, reader: string): Promise<void> {
  await db.query(
    `update listeners set reader = null, read_until = now() + interval '${COMES_AGAIN_WITHIN}'
     where id = $1 and reader = $2`,
    [id, reader],
  );
}

/** Listeners that nobody has read for so long. */
export async function listUnread(db: Queryable, unreadMs: number, limit: number): Promise<ListenerRow[]> {
  const { rows } = await db.query<ListenerRow>(
    `select id, account_id, endpoint_id from listeners
     where read_until < now() - $1 * interval '1 millisecond' order by read_until limit $2`,
    [unreadMs, limit],
  );
  return rows;
}

/** Deletes a listener, if nobody has read it for so long. */
export async function deleteUnread(db: Queryable, id: string, unreadMs: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `delete from listeners where id = $1 and read_until < now() - $2 * interval '1 millisecond'`,
    [id, unreadMs],
  );
  return rowCount === 1;
}

/** Deletes the listener behind an endpoint, where there is one, with the requests that wait. */
export async function deleteListenerOf(db: Queryable, endpointId: string): Promise<void> {
  await db.query('delete from listeners where endpoint_id = $1', [endpointId]);
}
