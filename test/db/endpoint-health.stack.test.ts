import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disableFailing, endpointsFailingFor, forgetFailures } from '../../src/db/endpoint-health.ts';
import { createPool, inTransaction } from '../../src/db/pool.ts';
import { type AttemptRecord, recordAttempts } from '../../src/db/record.ts';
import type { AttemptError, FailureReason } from '../../src/domain/delivery.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitUntil } from '../support/wait.ts';

let pool: Pool;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  pool = createPool(database.databaseUrl, () => undefined);
  await pool.query(`insert into accounts (id) values ('shop')`);
});
afterAll(async () => {
  await pool.end();
  await drop();
});

async function newEndpoint(): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into endpoints (account_id, url, profile, events, secret_sealed)
     values ('shop', 'https://shop.example/', 'standard', '{*}', 'sealed') returning id`,
  );
  return rows[0]?.id ?? '';
}

interface Ending {
  number?: number;
  error?: AttemptError;
  status?: number;
  /** With it the delivery is over. */
  reason?: FailureReason;
  type?: string;
}

/** An attempt that is under way at an endpoint, and the record of how it is going to end: well, unless told otherwise. */
async function underWay(endpointId: string, ending: Ending = {}): Promise<AttemptRecord> {
  const { number = 1, error, reason, type = 'order.completed' } = ending;
  const deliveryId = `dlv_${randomUUID()}`;
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
  return { ...record, step: { kind: 'waiting', waitMs: 300_000, until, because: 'retry_schedule', attempt } };
}

/** Attempts that end one after the other. */
async function ends(endpointId: string, ...endings: Ending[]): Promise<AttemptRecord[]> {
  const records: AttemptRecord[] = [];
  for (const ending of endings) records.push(await underWay(endpointId, ending));
  for (const record of records) await recordAttempts(pool, [record]);
  return records;
}

async function healthOf(endpointId: string) {
  const { rows } = await pool.query<{ failing_since: Date; last_failure_at: Date; notified_at: Date | null }>(
    'select failing_since, last_failure_at, notified_at from endpoint_health where endpoint_id = $1',
    [endpointId],
  );
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

const FAILED: Ending = { error: 'server_error', status: 503 };
const FOURTH: Ending = { ...FAILED, number: 4 };

describe('the health of an endpoint', () => {
  test('is nothing while all is well', async () => {
    const endpointId = await newEndpoint();
    await ends(endpointId, {}, {});
    expect(await healthOf(endpointId)).toBeUndefined();
  });

  test.each<[AttemptError, FailureReason | undefined]>([
    ['server_error', undefined],
    ['timeout', undefined],
    ['rejected', 'rejected'],
    ['blocked', 'blocked'],
  ])('is bad from the first failure on: %s', async (error, reason) => {
    const endpointId = await newEndpoint();
    await ends(endpointId, { error, ...(reason && { reason }) });
    const { failing_since, last_failure_at, notified_at } = (await healthOf(endpointId)) ?? {};
    expect(failing_since).toEqual(last_failure_at);
    expect(notified_at).toBeNull();
  });

  test('keeps the first failure, and moves the last one on once a minute at most', async () => {
    const endpointId = await newEndpoint();
    await ends(endpointId, FAILED);
    await ago(endpointId, '2 hours', '30 seconds');
    const before = await healthOf(endpointId);
    await ends(endpointId, FAILED);
    expect(await healthOf(endpointId)).toEqual(before);
    await ago(endpointId, '2 hours', '61 seconds');
    const { failing_since } = (await healthOf(endpointId)) ?? {};
    await ends(endpointId, FAILED);
    const after = await healthOf(endpointId);
    expect(after?.failing_since).toEqual(failing_since);
    expect(Date.now() - (after?.last_failure_at.getTime() ?? 0)).toBeLessThan(30_000);
  });

  test('is good again after a success, of a delivery that was cancelled meanwhile, too', async () => {
    const endpointId = await newEndpoint();
    await ends(endpointId, FAILED);
    const late = await underWay(endpointId);
    await pool.query(`update deliveries set status = 'cancelled' where id = $1`, [late.deliveryId]);
    await recordAttempts(pool, [late]);
    expect(await healthOf(endpointId)).toBeUndefined();
    expect(await noticesOf(endpointId)).toEqual([]);
  });

  test('is good when some of what is recorded together succeeded', async () => {
    const endpointId = await newEndpoint();
    const records = [
      await underWay(endpointId, FOURTH),
      await underWay(endpointId),
      await underWay(endpointId, FAILED),
    ];
    await recordAttempts(pool, records);
    expect(await healthOf(endpointId)).toBeUndefined();
    expect(await noticesOf(endpointId)).toEqual([]);
  });
});

describe('it is told', () => {
  test('that an endpoint is failing, after the fourth failed attempt of one delivery, once a streak', async () => {
    const endpointId = await newEndpoint();
    await ends(endpointId, FAILED, { ...FAILED, number: 2 }, { ...FAILED, number: 3 });
    expect(await noticesOf(endpointId)).toEqual([]);
    const [fourth] = await ends(endpointId, FOURTH, FOURTH, { ...FAILED, number: 5 });
    const { failing_since } = (await healthOf(endpointId)) ?? {};
    expect(await noticesOf(endpointId)).toEqual([
      {
        type: 'endpoint.failing',
        data: {
          endpointId,
          since: failing_since?.toISOString(),
          deliveryId: fourth?.deliveryId,
          eventId: fourth?.deliveryId,
          event: 'order.completed',
          attempt: 4,
          responseStatus: 503,
          error: 'server_error',
        },
      },
    ]);
  });

  test('once of several that are recorded together', async () => {
    const endpointId = await newEndpoint();
    await recordAttempts(pool, [await underWay(endpointId, FOURTH), await underWay(endpointId, FOURTH)]);
    expect(await typesToldOf(endpointId)).toEqual(['endpoint.failing']);
  });

  test('that it has recovered, if it was told that it was failing; and then anew', async () => {
    const endpointId = await newEndpoint();
    await ends(endpointId, FOURTH);
    const since = (await healthOf(endpointId))?.failing_since.toISOString();
    const success = await underWay(endpointId, { number: 5 });
    await recordAttempts(pool, [success, await underWay(endpointId)]);
    expect(await typesToldOf(endpointId)).toEqual(['endpoint.failing', 'endpoint.recovered']);
    expect((await noticesOf(endpointId))[1]?.data).toMatchObject({ since, responseStatus: 200 });
    await ends(endpointId, {}, FOURTH, {});
    expect((await typesToldOf(endpointId)).slice(2)).toEqual(['endpoint.failing', 'endpoint.recovered']);
  });

  test('that a delivery is exhausted, each', async () => {
    const endpointId = await newEndpoint();
    const last: Ending = { number: 6, error: 'timeout', reason: 'exhausted' };
    const records = await ends(endpointId, last, last, {
      error: 'rejected',
      status: 404,
      reason: 'rejected',
    });
    expect(await noticesOf(endpointId)).toEqual(
      records.slice(0, 2).map(({ deliveryId }) => ({
        type: 'delivery.exhausted',
        data: {
          endpointId,
          deliveryId,
          eventId: deliveryId,
          event: 'order.completed',
          attempt: 6,
          error: 'timeout',
        },
      })),
    );
  });

  test('that an endpoint answered 410 and is disabled, once; the audit log says who did it', async () => {
    const endpointId = await newEndpoint();
    const gone: Ending = { error: 'rejected', status: 410, reason: 'gone' };
    const records = await ends(endpointId, gone, gone);
    expect(await stateOf(endpointId)).toEqual({ status: 'disabled', disabled_reason: 'gone' });
    expect(await noticesOf(endpointId)).toMatchObject([
      {
        type: 'endpoint.disabled',
        data: { reason: 'gone', deliveryId: records[0]?.deliveryId, responseStatus: 410 },
      },
    ]);
    expect(await auditOf(endpointId)).toEqual([
      {
        account_id: 'shop',
        actor: 'posthaste',
        action: 'endpoint.disabled',
        details: { reason: 'gone', delivery: records[0]?.deliveryId },
      },
    ]);
  });

  test('once of an outcome that is recorded twice', async () => {
    const endpointId = await newEndpoint();
    const [fourth, last, success] = [
      await underWay(endpointId, FOURTH),
      await underWay(endpointId, { ...FAILED, number: 6, reason: 'exhausted' }),
      await underWay(endpointId),
    ];
    for (const record of [fourth, fourth, last, last, success, success]) await recordAttempts(pool, [record]);
    await recordAttempts(pool, [fourth, last]);
    expect(await typesToldOf(endpointId)).toEqual([
      'endpoint.failing',
      'delivery.exhausted',
      'endpoint.recovered',
    ]);
    expect(await healthOf(endpointId)).toBeUndefined();
  });

  test('nothing of deliveries of operational events, which count all the same', async () => {
    const endpointId = await newEndpoint();
    const type = 'endpoint.failing';
    await ends(endpointId, { ...FOURTH, type }, { ...FAILED, type, number: 6, reason: 'exhausted' });
    expect(await noticesOf(endpointId)).toEqual([]);
    expect(await healthOf(endpointId)).toMatchObject({ notified_at: null });
  });
});

describe('an endpoint where everything has failed for five days', () => {
  const failingFor = async (first: string, last: string) => {
    const endpointId = await newEndpoint();
    await ends(endpointId, FAILED);
    await ago(endpointId, first, last);
    return endpointId;
  };

  test.each([
    ['5 days', '1 minute', true],
    ['4 days 23 hours 59 minutes', '1 minute', false],
    ['5 days', '4 days 12 hours', true],
    ['5 days', '4 days 12 hours 1 minute', false],
    ['30 days', '29 days 23 hours', false],
  ])('first failure %s ago, last one %s ago: disabled %s', async (first, last, disabled) => {
    const endpointId = await failingFor(first, last);
    expect((await endpointsFailingFor(pool, 120)).includes(endpointId)).toBe(disabled);
    expect(await disableFailing(pool, endpointId, 120)).toBe(disabled);
    expect((await stateOf(endpointId))?.status).toBe(disabled ? 'disabled' : 'active');
  });

  test('a shorter period needs no twelve hours', async () => {
    const endpointId = await failingFor('2 hours', '1 hour');
    expect(await disableFailing(pool, endpointId, 2)).toBe(false);
    await ago(endpointId, '2 hours', '0');
    expect(await disableFailing(pool, endpointId, 2)).toBe(true);
  });

  test('is disabled once, told and audited', async () => {
    const endpointId = await failingFor('6 days', '1 hour');
    const { failing_since, last_failure_at } = (await healthOf(endpointId)) ?? {};
    const times = { since: failing_since?.toISOString(), lastFailureAt: last_failure_at?.toISOString() };
    const twice = await Promise.all([1, 2].map(() => disableFailing(pool, endpointId, 120)));
    expect(twice.toSorted()).toEqual([false, true]);
    expect(await stateOf(endpointId)).toEqual({ status: 'disabled', disabled_reason: 'failing' });
    expect(await noticesOf(endpointId)).toEqual([
      { type: 'endpoint.disabled', data: { endpointId, reason: 'failing', ...times } },
    ]);
    expect(await auditOf(endpointId)).toMatchObject([
      { actor: 'posthaste', action: 'endpoint.disabled', details: { reason: 'failing', ...times } },
    ]);
  });

  test.each([
    ['paused', `status = 'paused'`],
    ['deleted', 'deleted_at = now()'],
  ])('stays %s', async (_, change) => {
    const endpointId = await failingFor('6 days', '1 hour');
    await pool.query(`update endpoints set ${change} where id = $1`, [endpointId]);
    expect(await endpointsFailingFor(pool, 120)).not.toContain(endpointId);
    expect(await disableFailing(pool, endpointId, 120)).toBe(false);
  });

  test('stays active when a success is being recorded', async () => {
    const endpointId = await failingFor('6 days', '1 hour');
    const success = await underWay(endpointId);
    const verdict = await inTransaction(pool, async (db) => {
      await recordAttempts(db, [success]);
      const disabled = disableFailing(pool, endpointId, 120);
      await waitUntil(
        async () => (await pool.query('select 1 from pg_locks where not granted')).rowCount,
        (locks) => locks !== 0,
      );
      return { disabled };
    });
    expect(await verdict.disabled).toBe(false);
    expect((await stateOf(endpointId))?.status).toBe('active');
  });

  test('is not enabled by a success of what was under way, and keeps its streak until it is resumed', async () => {
    const endpointId = await failingFor('6 days', '1 hour');
    await ends(endpointId, FOURTH);
    const late = [await underWay(endpointId), await underWay(endpointId, FOURTH)];
    await disableFailing(pool, endpointId, 120);
    const before = await healthOf(endpointId);
    for (const record of late) await recordAttempts(pool, [record]);
    expect((await stateOf(endpointId))?.status).toBe('disabled');
    expect(await healthOf(endpointId)).toEqual(before);
    expect(await typesToldOf(endpointId)).toEqual(['endpoint.failing', 'endpoint.disabled']);
    await forgetFailures(pool, endpointId);
    expect(await healthOf(endpointId)).toBeUndefined();
  });
});

test('two that record the same endpoints in other orders do not wait in a circle, and tell each once', async () => {
  const endpoints = await Promise.all(Array.from({ length: 30 }, newEndpoint));
  for (let round = 0; round < 6; round++) {
    // In every other round what was bad is good in one statement and worse in the other.
    const ending = (index: number): Ending => (round % 2 === 1 && index % 2 === 0 ? {} : FOURTH);
    const one = await Promise.all(endpoints.map((id, index) => underWay(id, ending(index))));
    const other = await Promise.all(
      endpoints.toReversed().map((id, index) => underWay(id, ending(index + round))),
    );
    // One that had waited in a circle would throw.
    await Promise.all([recordAttempts(pool, one), recordAttempts(pool, other)]);
    if (round === 0) for (const id of endpoints) expect(await typesToldOf(id)).toEqual(['endpoint.failing']);
  }
  for (const id of endpoints) {
    const told = await typesToldOf(id);
    // Failing and recovered take turns: nothing is told twice.
    expect(told).toEqual(
      told.map((_, index) => (index % 2 === 0 ? 'endpoint.failing' : 'endpoint.recovered')),
    );
  }
});

test('who waits for the health of one endpoint holds no later one', async () => {
  const endpoints = (await Promise.all(Array.from({ length: 12 }, newEndpoint))).toSorted();
  const [first = ''] = endpoints;
  // Written last to first, so that the order in which they lie is not the one in which they are taken.
  for (const id of endpoints.toReversed()) await ends(id, FOURTH);
  const records = await Promise.all(
    endpoints.toReversed().map((id, index) => underWay(id, index % 2 === 0 ? {} : FAILED)),
  );
  await pool.query(`update endpoint_health set last_failure_at = now() - interval '2 minutes'`);
  const recorded = await inTransaction(pool, async (db) => {
    await db.query('select 1 from endpoint_health where endpoint_id = $1 for update', [first]);
    const answer = recordAttempts(pool, records);
    await waitUntil(
      async () => (await pool.query('select 1 from pg_locks where not granted')).rowCount,
      (locks) => locks !== 0,
    );
    const free = await db.query(
      'select 1 from endpoint_health where endpoint_id = any ($1) for update skip locked',
      [endpoints],
    );
    expect(free.rowCount).toBe(endpoints.length);
    return { answer };
  });
  await recorded.answer;
});
