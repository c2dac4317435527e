import { isDeepStrictEqual } from 'node:util';
import { writeAudit } from '../db/audit.ts';
import { type EndpointRow, findEndpoint } from '../db/endpoints.ts';
import { type Database, inTransaction, type Queryable } from '../db/pool.ts';
import { notFound } from '../domain/errors.ts';
import { actorOf, type Caller } from './caller.ts';

/** What the path names. */
type Target = { account: string; id: string };

/** Changes an endpoint under its lock. @throws {AppError} 404 */
export function changing<T>(
  database: Database,
  { account, id }: Target,
  change: (row: EndpointRow, db: Queryable) => Promise<T>,
): Promise<T> {
  return inTransaction(database, async (db) => {
    const row = await findEndpoint(db, account, id, { lock: true });
    if (!row) throw notFound('endpoint', id);
    return change(row, db);
  });
}

/** Writes down who changed what of an endpoint, in the transaction of the change. */
export async function audit(
  db: Queryable,
  caller: Caller,
  row: EndpointRow,
  action: string,
  details = {},
): Promise<void> {
  await writeAudit(db, {
    accountId: row.account_id,
    actor: actorOf(caller),
    action: `endpoint.${action}`,
    target: row.id,
    details,
  });
}

const settingsOf = (row: EndpointRow) => ({
  url: row.url,
  events: row.events,
  description: row.description,
  headers: row.headers,
  retrySchedule: row.retry_schedule_s,
  retryJitter: row.retry_jitter,
  timeoutMs: row.timeout_ms,
  retryOn: row.retry_on,
  maxConcurrency: row.max_concurrency,
  ordered: row.ordered,
  orderedMaxWait: row.ordered_max_wait_s,
});

/** What lets a delivery in at a listener, in the path. */
const LISTENER_TOKEN = /(?<=\/listen\/\w+\/).+/s;

/**
 * An endpoint's settings as the audit log may hold them: of headers the names, and of the URL no query and no
 * listener's token, for tokens stand in both. Null: the default.
 */
export function shownSettings(row: EndpointRow) {
  const settings = settingsOf(row);
  return {
    ...settings,
    url: settings.url.replace(/[?#].*/s, '?…').replace(LISTENER_TOKEN, '…'),
    headers: Object.keys(settings.headers),
  };
}

/**
 * What a change made of each setting that is another one now, for the audit log. Both sides look the same where only
 * what is left out of them differs; of headers, `changed` names those with another value.
 */
export function changesOf(before: EndpointRow, after: EndpointRow): Record<string, object> {
  const [was, is] = [settingsOf(before), settingsOf(after)];
  const [from, to] = [shownSettings(before), shownSettings(after)];
  const names = (Object.keys(was) as (keyof typeof was)[]).filter(
    (name) => !isDeepStrictEqual(was[name], is[name]),
  );
  return Object.fromEntries(
    names.map((name) => {
      const change = { from: from[name], to: to[name] };
      if (name !== 'headers') return [name, change];
      const changed = to.headers.filter(
        (header) => Object.hasOwn(was.headers, header) && was.headers[header] !== is.headers[header],
      );
      return [name, { ...change, changed }];
    }),
  );
}
