import { createPool } from '../../src/db/pool.ts';
import { type AttemptRecord, recordAttempts } from '../../src/db/record.ts';
import type { AttemptError, FailureReason } from '../../src/domain/delivery.ts';
import { newId } from '../support/ids.ts';
import { freshDatabase } from '../support/postgres.ts';

/** How an attempt ends: well, unless told otherwise. */
export interface Ending {
  number?: number;
  error?: AttemptError;
  status?: number;
  /** With it the delivery is over. */
  reason?: FailureReason;
  type?: string;
}

export const FAILED: Ending = { error: 'server_error', status: 503 };
export const FOURTH: Ending = { ...FAILED, number: 4 };

/** An account in a database of its own, whose endpoints misbehave. */
export type Shop = Awaited<ReturnType<typeof openShop>>;

export async function openShop() {
  const { databaseUrl, drop } = await freshDatabase();
  const pool = createPool(databaseUrl, () => undefined);
  await pool.query(`insert into accounts (id) values ('shop')`);

  async function newEndpoint(): Promise<string> {
    const { rows } = await pool.query<{ id: string }>(
      `insert into endpoints (account_id, url, profile, events, secret_sealed)
     values ('shop', 'https://shop.example/', 'standard', '{*}', 'sealed') returning id`,
    );
    return rows[0]?.id ?? '';
  }

  /** An attempt that is under way at an endpoint, and the record of how it is going to end. */
  async function underWay(endpointId: string, ending: Ending = {}): Promise<AttemptRecord> {
    const { number = 1, error, reason, type = 'order.completed' } = ending;
    const deliveryId = newId('dlv');
    await pool.query(
      `with event as (
       insert into events (account_id, id, type, data, created_at, selz_token, content_hash)
       values ('shop', $1, $4, '{}', now(), 'token', 'hash')
     ), delivery as (
       insert into deliveries (id, account_id, event_id, endpoint_id, event_type, status)
       values ($1, 'shop', $1, $2, $4, 'delivering')
     )
     insert into attempts (delivery_id, account_id, number, try, started_at) values ($1, 'shop', $3, 1, now())`,
      [deliveryId, endpointId, number, type],
    );
    const status = ending.status ?? (error ? undefined : 200);
    const attempt = {
      number,
      startedAt: new Date().toISOString(),
      durationMs: 5,
      ...(status !== undefined && { responseStatus: status }),
      ...(error && { error }),
    };
    const record = { deliveryId, number, try: 1, durationMs: 5, responseStatus: status };
    if (!error) return { ...record, step: { kind: 'settled', status: 'succeeded', attempt } };
    if (reason) return { ...record, step: { kind: 'settled', status: 'failed', reason, attempt } };
    const until = new Date(Date.now() + 300_000).toISOString();
    return {
      ...record,
      step: { kind: 'waiting', waitMs: 300_000, until, because: 'retry_schedule', attempt },
    };
  }

  /** Attempts that end one after the other. */
  async function ends(endpointId: string, ...endings: Ending[]): Promise<AttemptRecord[]> {
    const records: AttemptRecord[] = [];
    for (const ending of endings) records.push(await underWay(endpointId, ending));
    for (const record of records) await recordAttempts(pool, [record]);
    return records;
  }

  async function healthOf(endpointId: string) {
    const { rows } = await pool.query<{
      failing_since: Date;
      last_failure_at: Date;
      notified_at: Date | null;
    }>('select failing_since, last_failure_at, notified_at from endpoint_health where endpoint_id = $1', [
      endpointId,
    ]);
    return rows[0];
  }

  async function noticesOf(endpointId: string) {
    const { rows } = await pool.query<{ type: string; data: Record<string, unknown> }>(
      `select type, data from notices where data ->> 'endpointId' = $1 order by id`,
      [endpointId],
    );
    return rows;
  }

  const typesToldOf = async (endpointId: string) => (await noticesOf(endpointId)).map(({ type }) => type);

  async function stateOf(endpointId: string) {
    const { rows } = await pool.query<{ status: string; disabled_reason: string | null }>(
      'select status, disabled_reason from endpoints where id = $1',
      [endpointId],
    );
    return rows[0];
  }

  const auditOf = async (endpointId: string) =>
    (
      await pool.query('select account_id, actor, action, details from audit_log where target = $1', [
        endpointId,
      ])
    ).rows;

  /** Moves a streak back in time. */
  const ago = (endpointId: string, first: string, last: string) =>
    pool.query(
      `update endpoint_health set failing_since = now() - $2::interval, last_failure_at = now() - $3::interval
     where endpoint_id = $1`,
      [endpointId, first, last],
    );

  return {
    pool,
    newEndpoint,
    underWay,
    ends,
    healthOf,
    noticesOf,
    typesToldOf,
    stateOf,
    auditOf,
    ago,
    async close() {
      await pool.end();
      await drop();
    },
  };
}
