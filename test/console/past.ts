import { createPool } from '../../src/db/pool.ts';
import type { Posthaste } from '../support/posthaste.ts';

/** A delivery about every two minutes to each endpoint. */
const EVERY_S = 120;
const HOURS = 23;
/** For so long the endpoint that broke has been broken. */
const BROKEN_HOURS = 2;

/** Writes down a day of a shop: what its endpoints got, busier by day, and what the last of them missed since it broke. */
export async function writePast(
  { databaseUrl }: Pick<Posthaste, 'databaseUrl'>,
  accountId: string,
  endpointIds: readonly string[],
): Promise<void> {
  const pool = createPool(databaseUrl, () => undefined, { max: 1 });
  try {
    await pool.query(
      `with spread as (
         select row_number() over () as n, at,
           (array['order.completed', 'order.refunded', 'order.created'])[1 + (random() * 2.2)::int] as type
         from generate_series(now() - make_interval(hours => $3), now() - interval '10 minutes',
           make_interval(secs => $4)) at
         where random() < 0.55 + 0.4 * sin(extract(hour from at) / 24 * 2 * pi() - 1.6)
       ), sent as (
         insert into events (account_id, id, type, data, created_at, accepted_at, selz_token, content_hash)
         select $1, 'evt_' || lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || substr(md5(n::text), 1, 20),
           type, '{}', at, at, 'token-of-16-chars', n::text
         from spread
         returning id, type, accepted_at as at
       ), made as (
         insert into deliveries (id, account_id, event_id, endpoint_id, event_type, status, reason, attempt_count,
           last_response_status, created_at, started_at, completed_at)
         select 'dlv_' || substr(sent.id, 5, 12) || substr(md5(sent.id || number), 1, 20), $1, sent.id, endpoint, type,
           case when broken then 'failed' else 'succeeded' end, case when broken then 'exhausted' end,
           case when broken then 4 else 1 end, case when broken then 503 else 200 end, at, at,
           at + case when broken then interval '8 minutes' else interval '80 milliseconds' end
         from sent cross join unnest($2::text[]) with ordinality as endpoints (endpoint, number)
         cross join lateral (
           select number = cardinality($2) and at > now() - make_interval(hours => $5) as broken
         ) as became
         returning id, status, attempt_count, last_response_status, created_at
       )
       insert into attempts (delivery_id, account_id, number, try, started_at, finished_at, duration_ms, response_status)
       select id, $1, attempt_count, 1, created_at, created_at, (25 + 60 * random() + 300 * power(random(), 12))::int,
         last_response_status
       from made`,
      [accountId, endpointIds, HOURS, EVERY_S, BROKEN_HOURS],
    );
  } finally {
    await pool.end();
  }
}
