import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { createPool } from '../../src/db/pool.ts';
import { askToCancel } from '../../src/db/resting.ts';
import { parkedDuty } from '../../src/dispatch/parked.ts';
import { lockWaits } from '../support/lock-waits.ts';
import { freshDatabase } from '../support/postgres.ts';
import { waitUntil } from '../support/wait.ts';

let pool: Pool;
let writes: DeliveryWrites;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  pool = createPool(database.databaseUrl, () => undefined);
  writes = createDeliveryWrites(pool);
  await pool.query(`insert into accounts (id) values ('shop')`);
});
afterAll(async () => {
  await pool.end();
  await drop();
});

/** An endpoint with room for one attempt, and deliveries to it. */
async function endpointWith(count: number) {
  const type = `type.${randomUUID()}`;
  const { rows } = await pool.query<{ id: string }>(
    `insert into endpoints (account_id, url, profile, events, secret_sealed, max_concurrency)
     values ('shop', 'https://shop.example/', 'standard', $1, 'sealed', 1) returning id`,
    [[type]],
  );
  const deliveries: string[] = [];
  for (let n = 0; n < count; n++) {
    const ingested = await writes.ingest({
      accountId: 'shop',
      type,
      data: '{}',
      selzToken: 'token-of-16-chars',
      contentHash: 'hash',
      profiles: ['standard'],
    });
    if (ingested.kind === 'accepted') deliveries.push(...ingested.deliveries.map(({ id }) => id));
  }
  return { endpointId: rows[0]?.id ?? '', deliveries };
}

/** The same, where one attempt is under way and the other deliveries wait behind it. */
async function crowded(waiting = 1) {
  const { endpointId, deliveries } = await endpointWith(1 + waiting);
  const [first = '', ...behind] = deliveries;
  expect(await writes.claim({ deliveryId: first, number: 1 })).toMatchObject({ kind: 'claimed' });
  // As their claims would, which would then look themselves whether there is room by now.
  await pool.query('update deliveries set parked_at = now(), started_at = now() where id = any($1)', [
    behind,
  ]);
  return { endpointId, first, behind };
}

function succeeded(deliveryId: string): Promise<void> {
  const attempt = { number: 1, startedAt: new Date().toISOString(), durationMs: 5, responseStatus: 200 };
  const step = { kind: 'settled', status: 'succeeded', attempt } as const;
  return writes.record({ ...attempt, deliveryId, try: 1, step });
}

/** Does `work` while somebody else has an endpoint locked, as a long change does. */
async function whileLocked(endpointId: string, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select from endpoints where id = $1 for no key update', [endpointId]);
    await work();
  } finally {
    await client.query('rollback');
    client.release();
  }
}

async function toldToGoOn(deliveryId = ''): Promise<boolean> {
  const { rowCount } = await pool.query(`select from signals where delivery_id = $1 and name = 'proceed'`, [
    deliveryId,
  ]);
  return rowCount === 1;
}

test('room at an endpoint is given away while another is locked, and there when it is not', async () => {
  const [one, other] = [await crowded(), await crowded()];
  await whileLocked(one.endpointId, async () => {
    await Promise.all([succeeded(one.first), succeeded(other.first)]);
    await waitUntil(() => toldToGoOn(other.behind[0]), Boolean, 5000);
    expect(await toldToGoOn(one.behind[0])).toBe(false);
  });
  await waitUntil(() => toldToGoOn(one.behind[0]), Boolean, 5000);
});

test('the look for forgotten room passes over an endpoint that is locked', async () => {
  const [one, other] = [await crowded(), await crowded()];
  const duty = parkedDuty({ pool, relay: { poke: () => undefined } });
  // As if their process had died before it gave the room away.
  await pool.query(`update deliveries set status = 'cancelled', completed_at = now() where id = any($1)`, [
    [one.first, other.first],
  ]);
  await whileLocked(one.endpointId, async () => {
    await duty.run();
    expect([await toldToGoOn(one.behind[0]), await toldToGoOn(other.behind[0])]).toEqual([false, true]);
  });
  await duty.run();
  expect(await toldToGoOn(one.behind[0])).toBe(true);
});

test('a claim that waits for a locked endpoint holds up no claim that waits for another', async () => {
  const [one, other] = [await endpointWith(1), await endpointWith(1)];
  const claim = ({ deliveries: [deliveryId = ''] }: typeof one) => writes.claim({ deliveryId, number: 1 });
  const blocked = (count: number) =>
    waitUntil(
      () => lockWaits(pool),
      (waits) => waits === count,
      5000,
    );
  const claims: ReturnType<typeof claim>[] = [];
  await whileLocked(one.endpointId, async () => {
    claims.push(claim(one));
    await blocked(1);
    await whileLocked(other.endpointId, async () => {
      claims.push(claim(other));
      await blocked(2);
    });
    expect(await claims[1]).toMatchObject({ kind: 'claimed' });
  });
  expect(await claims[0]).toMatchObject({ kind: 'claimed' });
});

test('a delivery that was let through, and turns out to be over, lets the next one through', async () => {
  const { first, behind } = await crowded(2);
  const [cancelled = '', next = ''] = behind;
  await succeeded(first);
  await waitUntil(() => toldToGoOn(cancelled), Boolean, 5000);
  await askToCancel(pool, cancelled);
  expect(await writes.claim({ deliveryId: cancelled, number: 1 })).toMatchObject({
    step: { status: 'cancelled' },
  });
  await waitUntil(() => toldToGoOn(next), Boolean, 5000);
});
