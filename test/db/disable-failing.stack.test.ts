import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disableFailing, endpointsFailingFor, forgetFailures } from '../../src/db/endpoint-health.ts';
import { inTransaction } from '../../src/db/pool.ts';
import { recordAttempts } from '../../src/db/record.ts';
import { failingEndpointsDuty } from '../../src/dispatch/failing-endpoints.ts';
import { createLogger } from '../../src/log.ts';
import { untilLockWaits } from '../support/lock-waits.ts';
import { FAILED, FOURTH, openShop, type Shop } from './misbehaving-shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

describe('an endpoint where everything has failed for five days', () => {
  const failingFor = async (first: string, last: string) => {
    const endpointId = await shop.newEndpoint();
    await shop.ends(endpointId, FAILED);
    await shop.ago(endpointId, first, last);
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
    expect((await endpointsFailingFor(shop.pool, 120)).includes(endpointId)).toBe(disabled);
    expect(await disableFailing(shop.pool, endpointId, 120)).toBe(disabled);
    expect((await shop.stateOf(endpointId))?.status).toBe(disabled ? 'disabled' : 'active');
  });

  test('a shorter period needs no twelve hours', async () => {
    const endpointId = await failingFor('2 hours', '1 hour');
    expect(await disableFailing(shop.pool, endpointId, 2)).toBe(false);
    await shop.ago(endpointId, '2 hours', '0');
    expect(await disableFailing(shop.pool, endpointId, 2)).toBe(true);
  });

  test('is disabled once, told and audited', async () => {
    const endpointId = await failingFor('6 days', '1 hour');
    const { failing_since, last_failure_at } = (await shop.healthOf(endpointId)) ?? {};
    const times = { since: failing_since?.toISOString(), lastFailureAt: last_failure_at?.toISOString() };
    const twice = await Promise.all([1, 2].map(() => disableFailing(shop.pool, endpointId, 120)));
    expect(twice.toSorted()).toEqual([false, true]);
    expect(await shop.stateOf(endpointId)).toEqual({ status: 'disabled', disabled_reason: 'failing' });
    expect(await shop.noticesOf(endpointId)).toEqual([
      { type: 'endpoint.disabled', data: { endpointId, reason: 'failing', ...times } },
    ]);
    expect(await shop.auditOf(endpointId)).toMatchObject([
      { actor: 'posthaste', action: 'endpoint.disabled', details: { reason: 'failing', ...times } },
    ]);
  });

  test.each([
    ['a workflow is told', 'now()', [{ name: 'proceed' }], false],
    ['none is started', 'null', [], true],
  ])('holds what waited for room there: what has %s', async (_, startedAt, told, isWoken) => {
    const endpointId = await failingFor('6 days', '1 hour');
    const { deliveryId } = await shop.underWay(endpointId);
    await shop.pool.query(
      `update deliveries set status = 'pending', parked_at = now(), started_at = ${startedAt} where id = $1`,
      [deliveryId],
    );
    const logger = createLogger('fatal');
    await failingEndpointsDuty({ pool: shop.pool, logger }, 120).run();
    const signals = await shop.pool.query('select name from signals where delivery_id = $1', [deliveryId]);
    expect(signals.rows).toEqual(told);
    const { rows } = await shop.pool.query(
      'select woken_at is not null as woken from deliveries where id = $1',
      [deliveryId],
    );
    expect(rows).toEqual([{ woken: isWoken }]);
  });

  test.each([
    ['paused', `status = 'paused'`],
    ['deleted', 'deleted_at = now()'],
  ])('stays %s', async (_, change) => {
    const endpointId = await failingFor('6 days', '1 hour');
    await shop.pool.query(`update endpoints set ${change} where id = $1`, [endpointId]);
    expect(await endpointsFailingFor(shop.pool, 120)).not.toContain(endpointId);
    expect(await disableFailing(shop.pool, endpointId, 120)).toBe(false);
  });

  test('stays active when a success is being recorded', async () => {
    const endpointId = await failingFor('6 days', '1 hour');
    const success = await shop.underWay(endpointId);
    const verdict = await inTransaction(shop.pool, async (db) => {
      await recordAttempts(db, [success]);
      const disabled = disableFailing(shop.pool, endpointId, 120);
      await untilLockWaits(shop.pool, 1);
      return { disabled };
    });
    expect(await verdict.disabled).toBe(false);
    expect((await shop.stateOf(endpointId))?.status).toBe('active');
  });

  test('is not enabled by a success of what was under way, and keeps its streak until it is resumed', async () => {
    const endpointId = await failingFor('6 days', '1 hour');
    await shop.ends(endpointId, FOURTH);
    const late = [await shop.underWay(endpointId), await shop.underWay(endpointId, FOURTH)];
    await disableFailing(shop.pool, endpointId, 120);
    const before = await shop.healthOf(endpointId);
    for (const record of late) await recordAttempts(shop.pool, [record]);
    expect((await shop.stateOf(endpointId))?.status).toBe('disabled');
    expect(await shop.healthOf(endpointId)).toEqual(before);
    expect(await shop.typesToldOf(endpointId)).toEqual(['endpoint.failing', 'endpoint.disabled']);
    await forgetFailures(shop.pool, endpointId);
    expect(await shop.healthOf(endpointId)).toBeUndefined();
  });
});
