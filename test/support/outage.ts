import { createPool } from '../../src/db/pool.ts';
import type { Posthaste } from './posthaste.ts';

/** What became of a delivery in an outage. */
export interface Ended {
  status?: 'failed' | 'cancelled' | 'succeeded';
  /** Seconds ago that the first was created; each next one a second later. Default 3600. */
  agoS?: number;
}

/**
 * Writes down the past: events that an endpoint was sent and that ended, oldest first, as an outage leaves them.
 *
 * @returns ids of the events, in order
 */
export async function afterOutage(
  { databaseUrl }: Pick<Posthaste, 'databaseUrl'>,
  endpoint: { accountId: string; id: string },
  count: number,
  { status = 'failed', agoS = 3600 }: Ended = {},
): Promise<string[]> {
  const pool = createPool(databaseUrl, () => undefined, { max: 1 });
  try {
    const { rows } = await pool.query<{ event_id: string }>(
      `with past as (
         select n, now() - ($4 - n) * interval '1 second' as at from generate_series(1, $3::int) n
       ), sent as (
         insert into events (account_id, id, type, data, created_at, accepted_at, selz_token, content_hash)
         select $1, $2 || '-' || $5 || '-' || lpad(n::text, 5, '0'), 'stock.moved', '{"n":' || n || '}', at, at,
           'token-of-16-chars', n::text
         from past
         returning account_id, id, type, accepted_at
       )
       insert into deliveries (account_id, event_id, endpoint_id, event_type, status, reason, attempt_count, created_at,
         started_at, completed_at)
       select account_id, id, $2, type, $5, case when $5 = 'failed' then 'rejected' end, 1, accepted_at, accepted_at,
         accepted_at
       from sent order by id
       returning event_id`,
      [endpoint.accountId, endpoint.id, count, agoS, status],
    );
    return rows.map(({ event_id }) => event_id);
  } finally {
    await pool.end();
  }
}
