import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countEndpoints } from '../../src/db/endpoint-health.ts';
import { inTransaction } from '../../src/db/pool.ts';
import { recordAttempts } from '../../src/db/record.ts';
import type { AttemptError, FailureReason } from '../../src/domain/delivery.ts';
import { untilLockWaits } from '../support/lock-waits.ts';
import { type Ending, FAILED, FOURTH, openShop, type Shop } from './misbehaving-shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('the health of an endpoint', () => {
  test('is nothing while all is well', async () => {
    const endpointId = await shop.newEndpoint();
    await shop.ends(endpointId, {}, {});
    expect(await shop.healthOf(endpointId)).toBeUndefined();
  });

  test.each<[AttemptError, FailureReason | undefined]>([
    ['server_error', undefined],
    ['timeout', undefined],
    ['rejected', 'rejected'],
    ['blocked', 'blocked'],
  ])('is bad from the first failure on: %s', async (error, reason) => {
    const endpointId = await shop.newEndpoint();
    await shop.ends(endpointId, { error, ...(reason && { reason }) });
    const { failing_since, last_failure_at, notified_at } = (await shop.healthOf(endpointId)) ?? {};
    expect(failing_since).toEqual(last_failure_at);
    expect(notified_at).toBeNull();
  });

  test('keeps the first failure, and moves the last one on once a minute at most', async () => {
    const endpointId = await shop.newEndpoint();
    await shop.ends(endpointId, FAILED);
    await shop.ago(endpointId, '2 hours', '30 seconds');
    const before = await shop.healthOf(endpointId);
    await shop.ends(endpointId, FAILED);
    expect(await shop.healthOf(endpointId)).toEqual(before);
    await shop.ago(endpointId, '2 hours', '61 seconds');
    const { failing_since } = (await shop.healthOf(endpointId)) ?? {};
    await shop.ends(endpointId, FAILED);
    const after = await shop.healthOf(endpointId);
    expect(after?.failing_since).toEqual(failing_since);
    expect(Date.now() - (after?.last_failure_at.getTime() ?? 0)).toBeLessThan(30_000);
  });

  test('is good again after a success, of a delivery that was cancelled meanwhile, too', async () => {
    const endpointId = await shop.newEndpoint();
    await shop.ends(endpointId, FAILED);
    const late = await shop.underWay(endpointId);
    await shop.pool.query(`update deliveries set status = 'cancelled' where id = $1`, [late.deliveryId]);
    await recordAttempts(shop.pool, [late]);
    expect(await shop.healthOf(endpointId)).toBeUndefined();
    expect(await shop.noticesOf(endpointId)).toEqual([]);
  });

  test('is good when some of what is recorded together succeeded', async () => {
    const endpointId = await shop.newEndpoint();
    const records = [
      await shop.underWay(endpointId, FOURTH),
      await shop.underWay(endpointId),
      await shop.underWay(endpointId, FAILED),
    ];
    await recordAttempts(shop.pool, records);
    expect(await shop.healthOf(endpointId)).toBeUndefined();
    expect(await shop.noticesOf(endpointId)).toEqual([]);
  });
});

describe('it is told', () => {
  test('that an endpoint is failing, after the fourth failed attempt of one delivery, once a streak', async () => {
    const endpointId = await shop.newEndpoint();
    await shop.ends(endpointId, FAILED, { ...FAILED, number: 2 }, { ...FAILED, number: 3 });
    expect(await shop.noticesOf(endpointId)).toEqual([]);
    const [fourth] = await shop.ends(endpointId, FOURTH, FOURTH, { ...FAILED, number: 5 });
    const { failing_since } = (await shop.healthOf(endpointId)) ?? {};
    expect(await shop.noticesOf(endpointId)).toEqual([
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
    const endpointId = await shop.newEndpoint();
    await recordAttempts(shop.pool, [
      await shop.underWay(endpointId, FOURTH),
      await shop.underWay(endpointId, FOURTH),
    ]);
    expect(await shop.typesToldOf(endpointId)).toEqual(['endpoint.failing']);
  });

  test('that it has recovered, if it was told that it was failing; and then anew', async () => {
    const endpointId = await shop.newEndpoint();
    await shop.ends(endpointId, FOURTH);
    const since = (await shop.healthOf(endpointId))?.failing_since.toISOString();
    const success = await shop.underWay(endpointId, { number: 5 });
    await recordAttempts(shop.pool, [success, await shop.underWay(endpointId)]);
    expect(await shop.typesToldOf(endpointId)).toEqual(['endpoint.failing', 'endpoint.recovered']);
    expect((await shop.noticesOf(endpointId))[1]?.data).toMatchObject({ since, responseStatus: 200 });
    await shop.ends(endpointId, {}, FOURTH, {});
    expect((await shop.typesToldOf(endpointId)).slice(2)).toEqual(['endpoint.failing', 'endpoint.recovered']);
  });

  test('that a delivery is exhausted, each', async () => {
    const endpointId = await shop.newEndpoint();
    const last: Ending = { number: 6, error: 'timeout', reason: 'exhausted' };
    const records = await shop.ends(endpointId, last, last, {
      error: 'rejected',
      status: 404,
      reason: 'rejected',
    });
    expect(await shop.noticesOf(endpointId)).toEqual(
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
    const endpointId = await shop.newEndpoint();
    const gone: Ending = { error: 'rejected', status: 410, reason: 'gone' };
    const records = await shop.ends(endpointId, gone, gone);
    expect(await shop.stateOf(endpointId)).toEqual({ status: 'disabled', disabled_reason: 'gone' });
    expect(await shop.noticesOf(endpointId)).toMatchObject([
      {
        type: 'endpoint.disabled',
        data: { reason: 'gone', deliveryId: records[0]?.deliveryId, responseStatus: 410 },
      },
    ]);
    expect(await shop.auditOf(endpointId)).toEqual([
      {
        account_id: 'shop',
        actor: 'posthaste',
        action: 'endpoint.disabled',
        details: { reason: 'gone', delivery: records[0]?.deliveryId },
      },
    ]);
  });

  test('once of an outcome that is recorded twice', async () => {
    const endpointId = await shop.newEndpoint();
    const [fourth, last, success] = [
      await shop.underWay(endpointId, FOURTH),
      await shop.underWay(endpointId, { ...FAILED, number: 6, reason: 'exhausted' }),
      await shop.underWay(endpointId),
    ];
    for (const record of [fourth, fourth, last, last, success, success])
      await recordAttempts(shop.pool, [record]);
    await recordAttempts(shop.pool, [fourth, last]);
    expect(await shop.typesToldOf(endpointId)).toEqual([
      'endpoint.failing',
      'delivery.exhausted',
      'endpoint.recovered',
    ]);
    expect(await shop.healthOf(endpointId)).toBeUndefined();
  });

  test('nothing of deliveries of operational events, which count all the same', async () => {
    const endpointId = await shop.newEndpoint();
    const type = 'endpoint.failing';
    await shop.ends(endpointId, { ...FOURTH, type }, { ...FAILED, type, number: 6, reason: 'exhausted' });
    expect(await shop.noticesOf(endpointId)).toEqual([]);
    expect(await shop.healthOf(endpointId)).toMatchObject({ notified_at: null });
  });
});

test('two that record the same endpoints in other orders do not wait in a circle, and tell each once', async () => {
  const endpoints = await Promise.all(Array.from({ length: 30 }, shop.newEndpoint));
  for (let round = 0; round < 6; round++) {
    // In every other round what was bad is good in one statement and worse in the other.
    const ending = (index: number): Ending => (round % 2 === 1 && index % 2 === 0 ? {} : FOURTH);
    const one = await Promise.all(endpoints.map((id, index) => shop.underWay(id, ending(index))));
    const other = await Promise.all(
      endpoints.toReversed().map((id, index) => shop.underWay(id, ending(index + round))),
    );
    // One that had waited in a circle would throw.
    await Promise.all([recordAttempts(shop.pool, one), recordAttempts(shop.pool, other)]);
    if (round === 0)
      for (const id of endpoints) expect(await shop.typesToldOf(id)).toEqual(['endpoint.failing']);
  }
  for (const id of endpoints) {
    const told = await shop.typesToldOf(id);
    // Failing and recovered take turns: nothing is told twice.
    expect(told).toEqual(
      told.map((_, index) => (index % 2 === 0 ? 'endpoint.failing' : 'endpoint.recovered')),
    );
  }
});

test('who waits for the health of one endpoint holds no later one', async () => {
  const endpoints = (await Promise.all(Array.from({ length: 12 }, shop.newEndpoint))).toSorted();
  const [first = ''] = endpoints;
  // Written last to first, so that the order in which they lie is not the one in which they are taken.
  for (const id of endpoints.toReversed()) await shop.ends(id, FOURTH);
  const records = await Promise.all(
    endpoints.toReversed().map((id, index) => shop.underWay(id, index % 2 === 0 ? {} : FAILED)),
  );
  await shop.pool.query(`update endpoint_health set last_failure_at = now() - interval '2 minutes'`);
  const recorded = await inTransaction(shop.pool, async (db) => {
    await db.query('select 1 from endpoint_health where endpoint_id = $1 for update', [first]);
    const answer = recordAttempts(shop.pool, records);
    await untilLockWaits(shop.pool, 1);
    const free = await db.query(
      'select 1 from endpoint_health where endpoint_id = any ($1) for update skip locked',
      [endpoints],
    );
    expect(free.rowCount).toBe(endpoints.length);
    return { answer };
  });
  await recorded.answer;
});

test('endpoints are counted by how they stand, each up to as many as asked for', async () => {
  const before = await countEndpoints(shop.pool, 1000);
  const ids: string[] = [];
  for (let n = 0; n < 8; n += 1) ids.push(await shop.newEndpoint());
  for (const id of ids.slice(0, 2)) await shop.ends(id, FAILED);
  await shop.pool.query(`update endpoints set status = 'paused' where id = any($1)`, [ids.slice(2, 4)]);
  await shop.pool.query(`update endpoints set status = 'disabled' where id = any($1)`, [ids.slice(1, 2)]);
  await shop.pool.query('update endpoints set deleted_at = now() where id = $1', [ids[4]]);
  expect(await countEndpoints(shop.pool, 1000)).toEqual({
    active: before.active + 3,
    failing: before.failing + 1,
    paused: before.paused + 2,
    disabled: before.disabled + 1,
  });
  expect(await countEndpoints(shop.pool, 1)).toEqual({ active: 1, failing: 1, paused: 1, disabled: 1 });
});
