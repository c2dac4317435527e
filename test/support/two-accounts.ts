import type { Queryable } from '../../src/db/pool.ts';

/** The ids of what an account has; one of each. */
export interface Belongings {
  endpoint: string;
  event: string;
  delivery: string;
  key: string;
  eventType: string;
  recovery: string;
  portalLink: string;
  listener: string;
  listenerRequest: string;
  inboxRequest: string;
}

/**
 * Makes an account that has a row in every table that has rows of accounts: an active endpoint, and a delivery to it
 * that failed.
 *
 * @param db of a role that may write for every account
 * @param secretSealed of the endpoint, where somebody will open it
 */
export async function furnish(db: Queryable, account: string, secretSealed = 'sealed'): Promise<Belongings> {
  const id = async (text: string, values: unknown[]) =>
    String((await db.query<{ id: string }>(text, values)).rows[0]?.id);
  await db.query('insert into accounts (id, name) values ($1, $2)', [account, `name of ${account}`]);
  const endpoint = await id(
    `insert into endpoints (account_id, url, profile, events, secret_sealed, description)
     values ($1, 'https://' || $2 || '.example/', 'standard', '{*}', $3, 'endpoint of ' || $2) returning id`,
    [account, account, secretSealed],
  );
  const eventType = `type.of.${account}`;
  await db.query(
    `insert into event_types (account_id, name, description) values ($1, $2, 'type of ' || $1)`,
    [account, eventType],
  );
  const event = await id(
    `insert into events (account_id, type, data, created_at, selz_token, content_hash)
     values ($1, 'order.completed', json_build_object('of', $1::text), now(), 'token-of-16-chars', 'hash') returning id`,
    [account],
  );
  await db.query(
    'insert into event_names (account_id, id, day) select account_id, id, day from events where id = $1',
    [event],
  );
  const delivery = await id(
    `insert into deliveries (account_id, event_id, endpoint_id, event_type, status, reason, attempt_count, completed_at,
       started_at)
     values ($1, $2, $3, 'order.completed', 'failed', 'exhausted', 1, now(), now()) returning id`,
    [account, event, endpoint],
  );
  await db.query(
    `insert into attempts (delivery_id, account_id, number, try, started_at, finished_at, duration_ms, response_status,
       response_body, step)
     values ($1, $2, 1, 1, now(), now(), 5, 500, 'answer to ' || $2, $3)`,
    [
      delivery,
      account,
      {
        kind: 'settled',
        status: 'failed',
        reason: 'exhausted',
        attempt: { number: 1, startedAt: new Date().toISOString(), durationMs: 5, responseStatus: 500 },
      },
    ],
  );
  const key = await id(
    `insert into api_keys (account_id, name, prefix, hash, scopes)
     values ($1, 'key of ' || $1, 'ph_', sha256(convert_to($1, 'UTF8')), '{read,write}') returning id`,
    [account],
  );
  const portalLink = await id(
    `insert into portal_links (account_id, hash, scopes, name, allowed_origins, expires_at)
     values ($1, sha256(convert_to('portal of ' || $1, 'UTF8')), '{read,write}', 'portal of ' || $1, '{}', now() + interval '1 h')
     returning id`,
    [account],
  );
  const recovery = await id(
    `insert into recoveries (account_id, endpoint_id, since, until, statuses, total)
     values ($1, $2, now() - interval '1 day', now(), '{failed}', 1) returning id`,
    [account, endpoint],
  );
  await db.query(`insert into signals (account_id, delivery_id, name) values ($1, $2, 'endpointChanged')`, [
    account,
    delivery,
  ]);
  await db.query(
    `insert into audit_log (account_id, actor, action, target) values ($1, 'operator', 'endpoint.created', $2)`,
    [account, endpoint],
  );
  await db.query(
    `insert into endpoint_health (account_id, endpoint_id, failing_since, last_failure_at) values ($1, $2, now(), now())`,
    [account, endpoint],
  );
  await db.query(`insert into notices (account_id, type, data) values ($1, 'endpoint.failing', '{}')`, [
    account,
  ]);
  await db.query(
    `insert into lanes (account_id, endpoint_id, ordering_key, front_id, last_place, waiting) values ($1, $2, 'key', $3, 0, 0)`,
    [account, endpoint, delivery],
  );
  await db.query(
    `insert into lane_turns (account_id, endpoint_id, ordering_key, delivery_id) values ($1, $2, 'another', $3)`,
    [account, endpoint, delivery],
  );
  const listener = await id(
    `insert into listeners (account_id, endpoint_id, token_hash) values ($1, $2, '\\x00') returning id`,
    [account, endpoint],
  );
  const listenerRequest = await id(
    `insert into listener_requests (account_id, listener_id, delivery_id, attempt, method, headers, body)
     values ($1, $2, $3, 1, 'POST', '{}', convert_to('request of ' || $1, 'UTF8')) returning id`,
    [account, listener, delivery],
  );
  // A number that stands in no text by chance.
  const inboxRequest = await id(
    `insert into inbox_requests (id, account_id, inbox, method, query, headers, body, delivery_id, answered)
     overriding system value
     values (1e16 + floor(random() * 1e15), $1, 'shared', 'POST', '', '{}', convert_to('body of ' || $1, 'UTF8'), $2, 200)
     returning id`,
    [account, delivery],
  );
  return {
    endpoint,
    event,
    delivery,
    key,
    eventType,
    recovery,
    portalLink,
    listener,
    listenerRequest,
    inboxRequest,
  };
}
