import { randomUUID } from 'node:crypto';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeliveryWrites } from '../../src/db/delivery-writes.ts';
import { cancelWaiting } from '../../src/db/lane-waits.ts';
import { passTurns } from '../../src/db/ordered-lanes.ts';
import { createPool } from '../../src/db/pool.ts';
import { seededRandom } from '../faults/support/random.ts';
import { freshDatabase } from '../support/postgres.ts';

const WRITERS = 2;
const EVENTS = 300;
const KEYS = 6;
const ENDPOINTS = 2;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool(database.databaseUrl, () => undefined);
  await pool.query(`insert into accounts (id) values ('shop')`);
  await pool.query(
    `insert into endpoints (account_id, url, profile, events, secret_sealed, ordered)
     select 'shop', 'https://shop.example/', 'standard', '{*}', 'sealed', true from generate_series(1, $1)`,
    [ENDPOINTS],
  );
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

interface Going {
  /** In the order in which things happened here. */
  from: number;
  to: number;
}

test('two processes that take in, end, cancel and pass on at once keep each lane one at a time, in its order', {
  timeout: 120_000,
}, async () => {
  const random = seededRandom(7);
  const writes = Array.from({ length: WRITERS }, () => createDeliveryWrites(pool));
  const whose = new Map<string, { writer: number; n: number; lane: string }>();
  const going = new Map<string, Going>();
  const ready: string[] = [];
  const cancelled = new Set<string>();
  let clock = 0;
  let ended = 0;
  const all = WRITERS * EVENTS * ENDPOINTS;

  const go = (ids: string[]) => {
    for (const id of ids) {
      expect(going.has(id)).toBe(false);
      going.set(id, { from: clock++, to: Number.POSITIVE_INFINITY });
      ready.push(id);
    }
  };

  const takeIn = writes.map((own, writer) =>
    Promise.all(
      Array.from({ length: EVENTS }, async (_, n) => {
        const key = `key ${n % KEYS}`;
        const ingested = await own.ingest({
          accountId: 'shop',
          type: 'some.type',
          data: '{}',
          selzToken: 'token-of-16-chars',
          contentHash: randomUUID(),
          profiles: ['standard'],
          orderingKey: key,
        });
        if (ingested.kind !== 'accepted') throw new Error(ingested.kind);
        for (const { id, endpointId } of ingested.deliveries)
          whose.set(id, { writer, n, lane: `${endpointId} ${key}` });
        go(ingested.deliveries.filter(({ waitsInLane }) => !waitsInLane).map(({ id }) => id));
        if (n % 10 !== 3) return;
        for (const { id } of ingested.deliveries)
          if (await cancelWaiting(pool, 'shop', id)) {
            cancelled.add(id);
            ended++;
          }
      }),
    ),
  );
  const end = async (own: (typeof writes)[number]) => {
    while (ended < all) {
      const [id] = ready.splice(Math.floor(random() * ready.length), 1);
      if (id === undefined) {
        await nextTick();
        continue;
      }
      (going.get(id) as Going).to = clock++;
      await own.settle(id, 'cancelled');
      ended++;
    }
  };
  const pass = async () => {
    while (ended < all) go((await passTurns(pool, 3)).letGo.map(({ id }) => id));
  };
  await Promise.all([...takeIn, ...writes.flatMap((own) => [end(own), end(own)]), pass(), pass()]);
  expect(await passTurns(pool, 1000)).toMatchObject({ letGo: [] });

  expect(cancelled.size).toBeGreaterThan(0);
  expect([...going.keys()].filter((id) => cancelled.has(id))).toEqual([]);
  expect(going.size + cancelled.size).toBe(all);
  const lanes = new Set([...whose.values()].map(({ lane }) => lane));
  expect(lanes.size).toBe(KEYS * ENDPOINTS);
  for (const name of lanes) {
    const lane = [...going].filter(([id]) => whose.get(id)?.lane === name);
    for (const [place, [, { from }]] of lane.entries())
      expect(from).toBeGreaterThan(lane[place - 1]?.[1].to ?? -1);
    for (let writer = 0; writer < WRITERS; writer++) {
      const own = lane.flatMap(([id]) => (whose.get(id)?.writer === writer ? [whose.get(id)?.n] : []));
      expect(own).toEqual(own.toSorted((a = 0, b = 0) => a - b));
    }
  }
  for (const table of ['lanes', 'lane_turns'])
    expect((await pool.query(`select from ${table}`)).rowCount).toBe(0);
});

test('a hundred events with keys of their own go in quickly at a hundred ordered endpoints', async () => {
  await pool.query(`insert into accounts (id) values ('mall')`);
  await pool.query(
    `insert into endpoints (account_id, url, profile, events, secret_sealed, ordered)
     select 'mall', 'https://mall.example/', 'standard', '{*}', 'sealed', true from generate_series(1, 100)`,
  );
  const { ingest } = createDeliveryWrites(pool);
  const takeIn = () =>
    Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        ingest({
          accountId: 'mall',
          type: 'some.type',
          data: '{}',
          selzToken: 'token-of-16-chars',
          contentHash: randomUUID(),
          profiles: ['standard'],
          orderingKey: `customer ${n}`,
        }),
      ),
    );
  const begunAt = performance.now();
  const fronts = await takeIn();
  const waiting = await takeIn();
  // To compare each of ten thousand with each would take longer than a statement may.
  expect(performance.now() - begunAt).toBeLessThan(8000);
  const waits = (ingested: Awaited<ReturnType<typeof ingest>>[]) =>
    ingested
      .flatMap((one) => (one.kind === 'accepted' ? one.deliveries : []))
      .map((d) => d.waitsInLane ?? false);
  expect(waits(fronts)).toEqual(Array.from({ length: 10_000 }, () => false));
  expect(waits(waiting)).toEqual(Array.from({ length: 10_000 }, () => true));
});
