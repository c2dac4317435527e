import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptClaim } from '../../src/db/attempt-claim.ts';
import { readMade } from '../../src/db/claim.ts';
import { attemptsOf, findDelivery } from '../../src/db/deliveries.ts';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { setEndpointStatus } from '../../src/db/endpoints.ts';
import { deleteUnheard, signalOpenDeliveries, takeUnstarted } from '../../src/db/outbox.ts';
import { wakeParked } from '../../src/db/parking.ts';
import { createPool, inTransaction, type Queryable } from '../../src/db/pool.ts';
import { askToCancel, writeSettled } from '../../src/db/resting.ts';
import { decide } from '../../src/domain/decide.ts';
import type { Settled, Waiting } from '../../src/domain/delivery.ts';
import { untilLockWaits } from '../support/lock-waits.ts';
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

/** A delivery that was committed, with an endpoint of its own. */
async function committed(): Promise<{ deliveryId: string; endpointId: string }> {
  const type = `type.${randomUUID()}`;
  const { rows } = await pool.query<{ id: string }>(
    `insert into endpoints (account_id, url, profile, events, secret_sealed)
     values ('shop', 'https://shop.example/', 'standard', $1, 'sealed') returning id`,
    [[type]],
  );
  const ingested = await writes.ingest({
    accountId: 'shop',
    type,
    data: '{}',
    selzToken: 'token-of-16-chars',
    contentHash: 'hash',
    profiles: ['standard'],
  });
  const deliveryId = ingested.kind === 'accepted' ? ingested.deliveries[0]?.id : undefined;
  const endpointId = rows[0]?.id;
  if (!deliveryId || !endpointId) throw new Error('nothing was committed');
  return { deliveryId, endpointId };
}

async function claimed(deliveryId: string, number = 1): Promise<AttemptClaim> {
  const answer = await writes.claim({ deliveryId, number });
  if (answer.kind !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(answer)}`);
  return answer.claim;
}

function answered(claim: AttemptClaim, status: number): Settled | Waiting {
  const outcome = { kind: 'answered', status, headers: {}, body: '', truncated: false } as const;
  return decide(
    { number: claim.number, startedAt: claim.startedAt, durationMs: 5, outcome },
    claim.policy,
    0,
  );
}

const recorded = (claim: AttemptClaim, status: number) =>
  writes.record({
    deliveryId: claim.deliveryId,
    number: claim.number,
    try: claim.try,
    durationMs: 5,
    responseStatus: status,
    step: answered(claim, status),
  });

const attempts = (deliveryId: string) => attemptsOf(pool, 'shop', [deliveryId], { withResponses: false });
const delivery = (deliveryId: string) => findDelivery(pool, 'shop', deliveryId);

/** Makes the tries of a delivery look as if their processes had died long ago. */
const abandoned = (deliveryId: string, ago = '1 hour') =>
  pool.query(`update attempts set started_at = now() - $2::interval where delivery_id = $1`, [
    deliveryId,
    ago,
  ]);

test('an attempt whose process may still tell its outcome is not claimed again', async () => {
  const { deliveryId } = await committed();
  const claim = await claimed(deliveryId);
  const again = await writes.claim({ deliveryId, number: 1 });
  expect(again).toEqual({ kind: 'under_way', forMs: expect.any(Number), burst: null });
  // A standard endpoint's 15 s, and five in which to write the outcome down.
  if (again.kind === 'under_way') expect(again.forMs).toBeGreaterThan(15_000);
  await recorded(claim, 200);
  expect(await writes.claim({ deliveryId, number: 1 })).toMatchObject({ step: { status: 'succeeded' } });
});

test('an attempt that was begun and never finished is marked interrupted, and claimed again', async () => {
  const { deliveryId } = await committed();
  const first = await claimed(deliveryId);
  await abandoned(deliveryId);
  const second = await claimed(deliveryId);
  expect([first.try, second.try]).toEqual([1, 2]);
  expect(second.number).toBe(1);
  expect(second.event).toEqual(first.event);
  expect(await attempts(deliveryId)).toMatchObject([{ number: 1, try: 1, error: 'interrupted', step: null }]);
  await recorded(second, 200);
  expect(await attempts(deliveryId)).toMatchObject([
    { number: 1, try: 1, error: 'interrupted' },
    { number: 1, try: 2, error: null, response_status: 200 },
  ]);
  expect(await delivery(deliveryId)).toMatchObject({ status: 'succeeded', attempt_count: 1 });
});

test('an attempt that is finished is answered from its record, without another claim', async () => {
  const { deliveryId } = await committed();
  const claim = await claimed(deliveryId);
  expect(await readMade(pool, deliveryId, 1)).toBeUndefined();
  await recorded(claim, 500);
  const again = await writes.claim({ deliveryId, number: 1 });
  expect(again).toMatchObject({ kind: 'step', step: { kind: 'waiting', attempt: { number: 1 } } });
  expect(await attempts(deliveryId)).toHaveLength(1);
  // Of those that are asked for where there is no room to claim one, too.
  expect(await readMade(pool, deliveryId, 1)).toMatchObject({ kind: 'waiting', attempt: { number: 1 } });
  expect(await readMade(pool, deliveryId, 2)).toBeUndefined();
});

test('an outcome that is recorded twice is recorded once', async () => {
  const { deliveryId } = await committed();
  const claim = await claimed(deliveryId);
  await recorded(claim, 500);
  const before = await delivery(deliveryId);
  await recorded(claim, 200);
  expect(await delivery(deliveryId)).toEqual(before);
  expect(await attempts(deliveryId)).toMatchObject([{ response_status: 500 }]);
});

test('the outcome of a try that was taken for interrupted comes too late', async () => {
  const { deliveryId } = await committed();
  const first = await claimed(deliveryId);
  await abandoned(deliveryId);
  const second = await claimed(deliveryId);
  await recorded(first, 500);
  expect(await delivery(deliveryId)).toMatchObject({ status: 'delivering', attempt_count: 0 });
  await recorded(second, 200);
  expect(await delivery(deliveryId)).toMatchObject({ status: 'succeeded' });
});

test('a claim that is given back leaves no trace', async () => {
  const { deliveryId } = await committed();
  await writes.release(await claimed(deliveryId));
  expect((await claimed(deliveryId)).try).toBe(1);
  expect(await attempts(deliveryId)).toEqual([]);
});

test('a delivery that is over keeps its ending', async () => {
  const { deliveryId } = await committed();
  const claim = await claimed(deliveryId);
  expect(await writeSettled(pool, deliveryId, 'cancelled')).toEqual({ kind: 'settled', status: 'cancelled' });
  await recorded(claim, 200);
  expect(await writeSettled(pool, deliveryId, 'failed', 'endpoint_deleted')).toMatchObject({
    status: 'cancelled',
  });
  expect(await writes.claim({ deliveryId, number: 2 })).toEqual({
    kind: 'step',
    step: { kind: 'settled', status: 'cancelled' },
  });
  expect(await delivery(deliveryId)).toMatchObject({ status: 'cancelled' });
  // What was sent is on the record all the same.
  expect(await attempts(deliveryId)).toMatchObject([{ response_status: 200 }]);
});

test.each([
  ['paused', { kind: 'held', endpoint: 'paused' }, { status: 'held' }],
  ['disabled', { kind: 'held', endpoint: 'disabled' }, { status: 'held' }],
  [
    'deleted',
    { kind: 'settled', status: 'failed', reason: 'endpoint_deleted' },
    { status: 'failed', reason: 'endpoint_deleted' },
  ],
])('a %s endpoint gets no claim, and the delivery says so', async (change, step, shown) => {
  const { deliveryId, endpointId } = await committed();
  const set = change === 'deleted' ? 'deleted_at = now()' : `status = '${change}'`;
  await pool.query(`update endpoints set ${set} where id = $1`, [endpointId]);
  const answer = await writes.claim({ deliveryId, number: 1 });
  expect(answer).toEqual({ kind: 'step', step });
  expect(await delivery(deliveryId)).toMatchObject(shown);
  expect(await attempts(deliveryId)).toEqual([]);
});

test('many claims at once are each answered with their own', async () => {
  const deliveries = await Promise.all(Array.from({ length: 40 }, committed));
  const claims = await Promise.all(deliveries.map(({ deliveryId }) => claimed(deliveryId)));
  expect(claims.map(({ deliveryId }) => deliveryId)).toEqual(deliveries.map(({ deliveryId }) => deliveryId));
  await Promise.all(claims.map((claim, index) => recorded(claim, index % 2 === 0 ? 200 : 404)));
  const statuses = await Promise.all(
    deliveries.map(async ({ deliveryId }) => (await delivery(deliveryId))?.status),
  );
  expect(statuses).toEqual(deliveries.map((_, index) => (index % 2 === 0 ? 'succeeded' : 'failed')));
});

/** Does `work` in a transaction, then waits until `other` is blocked by it, and commits. */
async function whileUncommitted<T>(
  work: (db: Queryable) => Promise<unknown>,
  other: () => Promise<T>,
): Promise<T> {
  const blocked = await inTransaction(pool, async (db) => {
    await work(db);
    const answer = other();
    await untilLockWaits(pool, 1);
    return { answer };
  });
  return blocked.answer;
}

test('a claim waits for a cancel that is being committed, and finds the delivery over', async () => {
  const { deliveryId } = await committed();
  const answer = await whileUncommitted(
    (db) => writeSettled(db, deliveryId, 'cancelled'),
    () => writes.claim({ deliveryId, number: 1 }),
  );
  expect(answer).toEqual({ kind: 'step', step: { kind: 'settled', status: 'cancelled' } });
  expect(await delivery(deliveryId)).toMatchObject({ status: 'cancelled' });
  expect(await attempts(deliveryId)).toEqual([]);
});

test('a delivery that came just as its endpoint was resumed is not held for ever', async () => {
  const { deliveryId, endpointId } = await committed();
  await pool.query(`update endpoints set status = 'paused' where id = $1`, [endpointId]);
  const answer = await whileUncommitted(
    (db) => setEndpointStatus(db, endpointId, 'active'),
    () => writes.claim({ deliveryId, number: 1 }),
  );
  expect(answer).toMatchObject({ kind: 'claimed' });
  expect(await delivery(deliveryId)).toMatchObject({ status: 'delivering' });
});

test('an attempt that was interrupted two months ago is claimed again', async () => {
  const { deliveryId } = await committed();
  await claimed(deliveryId);
  await abandoned(deliveryId, '60 days');
  expect(await claimed(deliveryId)).toMatchObject({ try: 2 });
});

test('a claim whose endpoint is locked holds up no claim of another', async () => {
  const [one, other] = [await committed(), await committed()];
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select from endpoints where id = $1 for update', [one.endpointId]);
    const held = writes.claim({ deliveryId: one.deliveryId, number: 1 });
    expect(await writes.claim({ deliveryId: other.deliveryId, number: 1 })).toMatchObject({
      kind: 'claimed',
    });
    await client.query('commit');
    expect(await held).toMatchObject({ kind: 'claimed' });
  } finally {
    client.release();
  }
});

test('a delivery that somebody asked to cancel is not claimed any more, and ends', async () => {
  const { deliveryId } = await committed();
  await askToCancel(pool, deliveryId);
  expect(await writes.claim({ deliveryId, number: 1 })).toEqual({
    kind: 'step',
    step: { kind: 'settled', status: 'cancelled' },
  });
  expect(await delivery(deliveryId)).toMatchObject({ status: 'cancelled' });
  expect(await attempts(deliveryId)).toEqual([]);
});

/** Another delivery to the same endpoint. */
async function beside(deliveryId: string): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into deliveries (account_id, event_id, endpoint_id, event_type)
     select account_id, event_id, endpoint_id, event_type from deliveries where id = $1 returning id`,
    [deliveryId],
  );
  return rows[0]?.id ?? '';
}

const park = (id: string, ago: { parked: string; woken: string | null }) =>
  pool.query(
    `update deliveries set status = 'pending', started_at = now(), parked_at = now() - $2::interval,
       woken_at = now() - $3::interval where id = $1`,
    [id, ago.parked, ago.woken],
  );

test('those that were woken and never came are woken after the others', async () => {
  const { endpointId, deliveryId: live } = await committed();
  const gone = await beside(live);
  await pool.query('update endpoints set max_concurrency = 1 where id = $1', [endpointId]);
  await park(gone, { parked: '1 hour', woken: '2 minutes' });
  await park(live, { parked: '1 minute', woken: null });
  expect(await wakeParked(pool, [endpointId], 'wait')).toEqual({ woken: 1, skipped: [] });
  const woken = await pool.query<{ delivery_id: string }>(
    `select delivery_id from signals where name = 'proceed' and delivery_id = any($1)`,
    [[live, gone]],
  );
  expect(woken.rows).toEqual([{ delivery_id: live }]);
});

test.each([
  ['just now, and keeps its room', '1 second', 'held'],
  ['seconds ago, and lets others by', '5 seconds', 'claimed'],
  ['long ago, and is not waited for', '2 minutes', 'held'],
])('one that waits for room was told to go on %s', async (_, woken, newcomer) => {
  const { endpointId, deliveryId: told } = await committed();
  const [waiting, next] = [await beside(told), await beside(told)];
  await pool.query('update endpoints set max_concurrency = 2 where id = $1', [endpointId]);
  await park(told, { parked: '1 hour', woken });
  await park(waiting, { parked: '1 hour', woken: null });
  const claim = async (deliveryId: string) => {
    const answer = await writes.claim({ deliveryId, number: 1 });
    return answer.kind === 'step' ? answer.step.kind : answer.kind;
  };
  expect(await claim(next)).toBe(newcomer);
  // Whenever it comes, its turn is there, for as long as there is room.
  expect(await claim(told)).toBe('claimed');
});

test('what is parked without a workflow is in no outbox until it is woken, and is not told but started', async () => {
  const { deliveryId, endpointId } = await committed();
  await pool.query('update endpoints set max_concurrency = 1 where id = $1', [endpointId]);
  const other = await beside(deliveryId);
  await pool.query("update deliveries set status = 'delivering' where id = $1", [other]);
  const burst = 'burst_1';
  expect(await writes.claim({ deliveryId, number: 1, burst })).toEqual({ kind: 'crowded' });
  expect(await writes.claim({ deliveryId, number: 1, burst, parks: true })).toEqual({ kind: 'parked' });
  expect(await delivery(deliveryId)).toMatchObject({ status: 'pending', started_at: null, attempt_count: 0 });

  const mine = async () =>
    (await takeUnstarted(pool, { handedOver: false, graceMs: 60_000, limit: 200 })).filter(
      ({ id }) => id === deliveryId,
    );
  expect(await wakeParked(pool, [endpointId], 'wait')).toMatchObject({ woken: 0 });
  expect(await mine()).toEqual([]);
  await writeSettled(pool, other, 'succeeded');
  await wakeParked(pool, [endpointId], 'wait');
  expect(await mine()).toMatchObject([{ id: deliveryId, wokenAt: expect.any(Date) }]);
  const signals = await pool.query('select from signals where delivery_id = $1', [deliveryId]);
  expect(signals.rowCount).toBe(0);
  expect(await writes.claim({ deliveryId, number: 1, burst, parks: true })).toMatchObject({
    kind: 'claimed',
  });
});

test('what is parked without a workflow just as the last one ends is told at once', async () => {
  const { deliveryId, endpointId } = await committed();
  await pool.query('update endpoints set max_concurrency = 1 where id = $1', [endpointId]);
  const last = await beside(deliveryId);
  await pool.query("update deliveries set status = 'delivering' where id = $1", [last]);
  const answer = await whileUncommitted(
    async (db) => {
      await db.query('select from deliveries where id = $1 for update', [deliveryId]);
      await writeSettled(db, last, 'succeeded');
    },
    () => writes.claim({ deliveryId, number: 1, burst: 'burst_1', parks: true }),
  );
  expect(answer).toEqual({ kind: 'parked' });
  await waitUntil(
    async () =>
      (await pool.query('select from deliveries where id = $1 and woken_at is not null', [deliveryId]))
        .rowCount,
    (woken) => woken === 1,
  );
});

const signalsTo = async (deliveryId: string) => {
  const { rows } = await pool.query<{ id: string; name: string }>(
    'select id, name from signals where delivery_id = $1 order by id',
    [deliveryId],
  );
  return rows;
};
const namesOf = (signals: { name: string }[]) => signals.map(({ name }) => name);

test('a workflow that waits for its endpoint hears of it when a burst carries its delivery, too', async () => {
  const { deliveryId } = await committed();
  await park(deliveryId, { parked: '1 minute', woken: null });
  expect(await writes.claim({ deliveryId, number: 1, burst: 'burst_1' })).toMatchObject({ kind: 'claimed' });
  expect(namesOf(await signalsTo(deliveryId))).toEqual(['proceed']);
  const other = await committed();
  expect(await writes.claim({ ...other, number: 1, burst: 'burst_1' })).toMatchObject({ kind: 'claimed' });
  expect(await signalsTo(other.deliveryId)).toEqual([]);
});

test('what a burst has handed over is told what befalls its endpoint, though its workflow is yet to start', async () => {
  const { deliveryId, endpointId } = await committed();
  await pool.query(`update endpoints set status = 'paused' where id = $1`, [endpointId]);
  expect(await writes.claim({ deliveryId, number: 1, burst: 'burst_1' })).toMatchObject({
    step: { kind: 'held' },
  });
  expect(await writes.handOver({ deliveryId, burst: 'burst_1' })).toMatchObject({ handedOver: true });
  await signalOpenDeliveries(pool, endpointId, 'ann');
  await setEndpointStatus(pool, endpointId, 'active', 'ann');
  // The claim above left its room, and looks for whoever waits, too: either of the two wakes it.
  await wakeParked(pool, [endpointId], 'wait');
  expect(namesOf(await signalsTo(deliveryId))).toEqual(['endpointChanged', 'proceed']);
});

test.each([
  ['is yet to start', `started_at = null`, true],
  [
    'was handed over and is yet to start',
    `started_at = null, burst_id = 'burst_1', status = 'retrying'`,
    true,
  ],
  [
    'is about to be handed over',
    `started_at = now(), burst_id = 'burst_1', status = 'retrying', attempt_count = 1`,
    true,
  ],
  ['has just started', `started_at = now()`, true],
  ['is none, for it is parked', `started_at = null, parked_at = now()`, false],
  ['is over with its delivery', `started_at = now(), status = 'cancelled', completed_at = now()`, false],
])('a signal for one whose workflow %s is sent again, unless none is to come', async (_, stands, isKept) => {
  const { deliveryId, endpointId } = await committed();
  await signalOpenDeliveries(pool, endpointId, 'ann');
  const [signal] = await signalsTo(deliveryId);
  await pool.query(`update deliveries set ${stands} where id = $1`, [deliveryId]);
  await deleteUnheard(pool, [signal?.id ?? '']);
  expect(namesOf(await signalsTo(deliveryId))).toEqual(isKept ? ['endpointChanged'] : []);
});

test('the same events sent twice at once, in other orders, are all stored once', async () => {
  const other = createDeliveryWrites(pool);
  for (let round = 0; round < 5; round++) {
    const keys = Array.from({ length: 200 }, () => randomUUID());
    const event = (idempotencyKey: string) => ({
      accountId: 'shop',
      type: 'nobody.listens',
      data: '{}',
      selzToken: 'token-of-16-chars',
      contentHash: 'hash',
      idempotencyKey,
      profiles: ['standard'] as const,
    });
    const both = await Promise.all([
      ...keys.map((key) => writes.ingest(event(key))),
      ...keys.toReversed().map((key) => other.ingest(event(key))),
    ]);
    expect(both.filter((one) => one.kind === 'accepted' && !one.repeated)).toHaveLength(200);
  }
});
