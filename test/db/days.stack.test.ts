import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scopedTo } from '../../src/db/account-scope.ts';
import {
  addDay,
  addDays,
  type Day,
  dayAfter,
  dayAt,
  dayOf,
  moveEnded,
  onDays,
  readDays,
} from '../../src/db/days.ts';
import { deliveriesOfEvents, findDelivery, listDeliveries } from '../../src/db/deliveries.ts';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { findEvent, listEvents } from '../../src/db/events.ts';
import { expungePayload } from '../../src/db/expunge.ts';
import { ingestEvents } from '../../src/db/ingest.ts';
import type { NewEvent } from '../../src/db/new-event.ts';
import { createPool, inTransaction } from '../../src/db/pool.ts';
import { insertRecovery } from '../../src/db/recoveries.ts';
import { countRecoverable, recoverNextPage } from '../../src/db/recovery-page.ts';
import { resendDelivery } from '../../src/db/resend.ts';
import { writeSettled } from '../../src/db/resting.ts';
import { forgetPayloads } from '../../src/db/retention.ts';
import { retentionDuty } from '../../src/dispatch/retention.ts';
import { newId } from '../support/ids.ts';
import { untilLockWaits } from '../support/lock-waits.ts';
import { freshDatabase } from '../support/postgres.ts';

const DAY = 86_400_000;
/** The day of these tests, whatever becomes of it meanwhile. */
const NOW = Date.now();
const WITHIN_MS = 10_000;
const defaults = { days: 90, payloadDays: 90 };

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let tenants: Pool;
let writes: DeliveryWrites;
let endpointId: string;

beforeAll(async () => {
  database = await freshDatabase();
  pool = createPool(database.databaseUrl, () => undefined);
  tenants = createPool(database.databaseUrl, () => undefined, { role: 'tenant' });
  writes = createDeliveryWrites(pool);
  await pool.query(`insert into accounts (id, created_at) values ('shop', now() - interval '200 days')`);
  const { rows } = await pool.query<{ id: string }>(
    `insert into endpoints (account_id, url, profile, events, secret_sealed)
     values ('shop', 'https://shop.example/', 'standard', '{*}', 'sealed') returning id`,
  );
  endpointId = rows[0]?.id ?? '';
  for (let days = 0; days <= 100; days++) await addDay(pool, daysAgo(days));
});
afterAll(async () => {
  await Promise.all([pool.end(), tenants.end()]);
  await database.drop();
});
beforeEach(async () => {
  for (const table of ['attempts', 'deliveries', 'events', 'event_names'])
    await pool.query(`delete from ${table}`);
});

const daysAgo = (days: number): Day => dayAt(new Date(NOW - days * DAY));
const event = (more: Partial<NewEvent> = {}): NewEvent => ({
  accountId: 'shop',
  type: 'a.type',
  data: '{}',
  selzToken: 'token-of-16-chars',
  contentHash: 'hash',
  profiles: ['standard'],
  ...more,
});

async function delivered(more: Partial<NewEvent> = {}): Promise<{ eventId: string; id: string }> {
  const ingested = await writes.ingest(event(more));
  if (ingested.kind !== 'accepted') throw new Error(ingested.kind);
  return { eventId: ingested.id, id: ingested.deliveries[0]?.id ?? '' };
}

const outcome = { durationMs: 5, responseStatus: 200, responseBody: 'answer' };

async function attempted(id: string, number: number, waits = false): Promise<void> {
  const record = await claimed(id, number, waits);
  await record();
}

/** Claims an attempt; what comes back records its outcome. */
async function claimed(id: string, number: number, waits = false): Promise<() => Promise<unknown>> {
  const answer = await writes.claim({ deliveryId: id, number });
  if (answer.kind !== 'claimed') throw new Error(JSON.stringify(answer));
  const attempt = { number, startedAt: answer.claim.startedAt.toISOString(), durationMs: 5 };
  const until = new Date().toISOString();
  return () =>
    writes.record({
      deliveryId: id,
      number,
      try: answer.claim.try,
      ...outcome,
      step: waits
        ? { kind: 'waiting', waitMs: 1, until, because: 'retry_schedule', attempt }
        : { kind: 'settled', status: 'succeeded', attempt },
    });
}

/** A delivery of the past, as it stands when it has ended. */
async function past(days: number, more: { eventId?: string; open?: boolean } = {}): Promise<string> {
  const at = new Date(NOW - days * DAY);
  const id = newId('dlv', at.getTime());
  const eventId = more.eventId ?? newId('evt', at.getTime());
  await pool.query(
    `insert into events (account_id, id, day, type, data, created_at, accepted_at, selz_token, content_hash)
     values ('shop', $1, $2, 'a.type', '{}', $3, $3, 'token-of-16-chars', 'hash')`,
    [eventId, dayAt(at), at],
  );
  await pool.query(
    `insert into deliveries (id, day, account_id, event_id, event_day, endpoint_id, event_type, status, created_at,
       started_at, completed_at)
     values ($1, $2, 'shop', $3, $4, $5, 'a.type', $6, $7, $7, $8)`,
    [
      id,
      more.open ? null : dayAt(at),
      eventId,
      dayAt(at),
      endpointId,
      more.open ? 'retrying' : 'succeeded',
      at,
      more.open ? null : at,
    ],
  );
  await pool.query(
    `insert into attempts (delivery_id, day, account_id, number, try, started_at, finished_at, duration_ms, step)
     values ($1, $2, 'shop', 1, 1, $3, $3, 5, '{}')`,
    [id, more.open ? null : dayAt(at), at],
  );
  return id;
}

async function dayOfRow(table: 'deliveries' | 'attempts', id: string): Promise<(Day | null)[]> {
  const key = table === 'deliveries' ? 'id' : 'delivery_id';
  const { rows } = await pool.query<{ day: Day | null }>(`select day::text from ${table} where ${key} = $1`, [
    id,
  ]);
  return rows.map(({ day }) => day);
}

async function count(table: string): Promise<number> {
  return (await pool.query(`select from ${table}`)).rowCount ?? 0;
}

describe('a day', () => {
  test('is read from an id, and said in a statement only when it is one', () => {
    expect(dayOf(newId('dlv', Date.UTC(2026, 1, 28, 23, 59, 59, 999)))).toBe('2026-02-28');
    expect(dayOf(newId('dlv', Date.UTC(2026, 2, 1)))).toBe('2026-03-01');
    expect(dayAfter('2026-02-28')).toBe('2026-03-01');
    for (const id of ['', 'dlv_1', 'order-17', `dlv_${'f'.repeat(32)}`])
      expect(dayOf(id), id).toBeUndefined();
    expect(() => onDays('day', [`2026-01-01') or true --`])).toThrow('is no day');
  });

  test('is the same to Postgres', async () => {
    const ids = [0, 1, 86_399_999, 86_400_000, Date.now()].map((at) => newId('dlv', at));
    const { rows } = await pool.query<{ day: Day }>(
      'select day_of(id)::text as day from unnest($1::text[]) with ordinality as i (id, n) order by n',
      [ids],
    );
    expect(rows.map(({ day }) => day)).toEqual(ids.map(dayOf));
  });

  test('has its partitions more than a week ahead, and those that nobody made when it was time', async () => {
    expect(await readDays(pool)).toContain(daysAgo(-7));
    const newest = (await readDays(pool)).at(-1) ?? '';
    await addDays(pool, new Date(Date.parse(newest) + 5 * DAY));
    const days = await readDays(pool);
    expect(days.slice(days.indexOf(newest))).toEqual(
      Array.from({ length: 14 }, (_, n) => dayAfter(newest, n)),
    );
  });

  test('has no statistics of columns that nobody searches by', async () => {
    const { rows } = await pool.query<{ tables: number; columns: string[] }>(
      `select count(*)::int as tables, columns from (
         select c.oid, array_agg(a.attname::text order by a.attname) filter (where a.attstattarget = 0) as columns
         from pg_partition_tree('attempts') t join pg_class c on c.oid = t.relid join pg_attribute a on a.attrelid = c.oid
         group by 1) unsearched
       group by 2`,
    );
    expect(rows).toEqual([
      {
        tables: (await readDays(pool)).length + 2,
        columns: ['error_detail', 'response_body', 'response_headers', 'step'],
      },
    ]);
  });
});

describe('a delivery', () => {
  test('goes to its day, with all its attempts, as the last one is recorded', async () => {
    const { id } = await delivered();
    await attempted(id, 1, true);
    expect([await dayOfRow('deliveries', id), await dayOfRow('attempts', id)]).toEqual([[null], [null]]);
    await attempted(id, 2);
    const today = dayOf(id);
    expect([await dayOfRow('deliveries', id), await dayOfRow('attempts', id)]).toEqual([
      [today],
      [today, today],
    ]);
  });

  test('that has ended and gone is still answered when it is claimed again', async () => {
    const { id } = await delivered();
    await attempted(id, 1);
    expect(await writes.claim({ deliveryId: id, number: 1 })).toMatchObject({
      kind: 'step',
      step: { kind: 'settled', status: 'succeeded', attempt: { number: 1 } },
    });
    expect(await writes.claim({ deliveryId: id, number: 2 })).toEqual({
      kind: 'step',
      step: { kind: 'settled', status: 'succeeded' },
    });
    expect(await writes.claim({ deliveryId: newId('dlv'), number: 1 })).toEqual({ kind: 'unknown' });
    expect(await writeSettled(pool, id, 'cancelled')).toEqual({ kind: 'settled', status: 'succeeded' });
  });

  test('that ended without an attempt is moved a minute later, unless one may still tell its outcome', async () => {
    const [plain, waiting] = [await delivered(), await delivered()];
    await writes.claim({ deliveryId: waiting.id, number: 1 });
    for (const { id } of [plain, waiting]) await writeSettled(pool, id, 'cancelled');
    expect(await moveEnded(pool, 10)).toBe(0);
    await pool.query(`update deliveries set completed_at = completed_at - interval '2 minutes'`);
    expect(await moveEnded(pool, 10)).toBe(1);
    expect(await dayOfRow('deliveries', plain.id)).toEqual([dayOf(plain.id)]);
    expect(await dayOfRow('deliveries', waiting.id)).toEqual([null]);
    await pool.query(
      `update deliveries set completed_at = completed_at - interval '1 day' where day is null`,
    );
    expect(await moveEnded(pool, 10)).toBe(1);
    expect(await dayOfRow('attempts', waiting.id)).toEqual([dayOf(waiting.id)]);
  });

  test('that moves just as somebody waits for its row is found where it is', async () => {
    const { id } = await delivered();
    const waiting = await inTransaction(pool, async (db) => {
      await db.query(
        `update deliveries set status = 'succeeded', completed_at = now(), day = day_of(id) where id = $1 and day is null`,
        [id],
      );
      const waiting = {
        settled: writeSettled(pool, id, 'failed', 'exhausted'),
        claimed: writes.claim({ deliveryId: id, number: 1 }),
      };
      await untilLockWaits(pool, 2, WITHIN_MS);
      return waiting;
    });
    const ended = { kind: 'settled', status: 'succeeded' };
    expect(await waiting.settled).toEqual(ended);
    expect(await waiting.claimed).toEqual({ kind: 'step', step: ended });
  });
});

describe('two at once', () => {
  test('who end a delivery get one answer', async () => {
    for (let round = 0; round < 20; round++) {
      const { id } = await delivered();
      const [one, other] = await Promise.all([
        writeSettled(pool, id, 'cancelled'),
        writeSettled(pool, id, 'failed', 'exhausted'),
      ]);
      expect(one).toEqual(other);
    }
  });

  test.each([
    ['when its deliveries were told', 2],
    ['when all was forgotten', 5],
  ])('who record an answer and expunge its event keep nothing of it: %s', async (_when, statement) => {
    const { id, eventId } = await delivered();
    let record: (() => Promise<unknown>) | undefined;
    let recorded: Promise<unknown> | undefined;
    await inTransaction(pool, async (db) => {
      let statements = 0;
      const query = (async (...given: Parameters<typeof db.query>) => {
        const result = await db.query(...given);
        statements++;
        // Claimed when the attempts that there are have been looked at.
        record ??= await claimed(id, 1);
        if (statements === statement && !recorded) {
          recorded = record();
          await untilLockWaits(pool, 1, WITHIN_MS);
        }
        return result;
      }) as typeof db.query;
      await forgetPayloads({ query }, 'shop', [{ id: eventId, day: dayAt(new Date()), resent_on: [] }]);
    });
    await recorded;
    const { rows } = await pool.query('select response_status, response_body from attempts');
    expect(rows).toEqual([{ response_status: 200, response_body: null }]);
  });
});

describe('lists', () => {
  test('go through all days, newest first, page by page', async () => {
    const ago = [0, 0, 1, 2, 5, 9, 10, 39, 41, 60, 99];
    const ids: string[] = [];
    for (const days of ago) ids.push(await past(days, { open: days === 60 || days === 2 }));
    const { rows: made } = await pool.query<{ id: string }>(
      'select id from deliveries order by created_at desc, id desc',
    );
    const expected = made.map(({ id }) => id);
    expect(new Set(expected)).toEqual(new Set(ids));
    const ours = scopedTo(tenants, 'shop');
    for (const rows of [1, 2, 4, 100]) {
      const read: { id: string; cursor_at: string }[] = [];
      for (let page: typeof read; ; ) {
        const last = read.at(-1);
        page = await listDeliveries(
          ours,
          'shop',
          {},
          { rows, after: last && { at: last.cursor_at, id: last.id } },
        );
        read.push(...page);
        if (page.length < rows) break;
      }
      expect(read.map(({ id }) => id)).toEqual(expected);
    }
    const since = new Date(NOW - 45 * DAY);
    const until = new Date(NOW - 4 * DAY);
    const page = { rows: 100, after: undefined };
    expect(await listDeliveries(ours, 'shop', { since, until }, page)).toHaveLength(5);
    expect(await listEvents(ours, 'shop', { since, until }, page)).toHaveLength(5);
    expect(await listEvents(ours, 'shop', {}, page)).toHaveLength(ago.length);
    for (const id of ids) expect(await findDelivery(ours, 'shop', id)).toMatchObject({ id });
  });

  test('find the deliveries of an event that was sent again on later days', async () => {
    const original = await past(20);
    const ours = scopedTo(tenants, 'shop');
    const resent = await resendDelivery(ours, 'shop', original, async () => undefined);
    if (resent.kind !== 'created') throw new Error(resent.kind);
    await attempted(resent.delivery.id, 1);
    expect(await dayOfRow('deliveries', resent.delivery.id)).toEqual([dayOf(resent.delivery.id)]);
    const { event_id: eventId = '' } = (await findDelivery(ours, 'shop', original)) ?? {};
    const found = await findEvent(ours, 'shop', eventId);
    if (!found) throw new Error('the event is not found');
    const ids = [original, resent.delivery.id];
    expect((await deliveriesOfEvents(ours, 'shop', [found])).map(({ id }) => id)).toEqual(ids);
    const listed = await listDeliveries(ours, 'shop', { eventId }, { rows: 10, after: undefined });
    expect(listed.map(({ id }) => id)).toEqual(ids.toReversed());
  });
});

describe('sending again', () => {
  const ended = async (id: string, status: 'failed' | 'cancelled') => {
    await writeSettled(pool, id, status, status === 'failed' ? 'rejected' : undefined);
    await pool.query(
      `update deliveries set completed_at = completed_at - interval '2 minutes' where id = $1`,
      [id],
    );
    await moveEnded(pool, 10);
  };

  test('what failed is done once by a recovery, on the day of its event, too', async () => {
    const ours = scopedTo(tenants, 'shop');
    const { id } = await delivered();
    await ended(id, 'failed');
    const resent = await resendDelivery(ours, 'shop', id, async () => undefined);
    if (resent.kind !== 'created') throw new Error(resent.kind);
    await ended(resent.delivery.id, 'failed');
    const scope = {
      accountId: 'shop',
      endpointId,
      since: new Date(NOW - DAY),
      statuses: ['failed' as const],
    };
    expect(await countRecoverable(ours, scope)).toMatchObject({ total: 2, resendable: 1 });
    const recovery = await insertRecovery(pool, scope, 2);
    const made: string[] = [];
    for (let page = 0; page < 3; page++) {
      const turned = await recoverNextPage(pool, recovery?.id ?? '', { rows: 1, mostWaiting: 100 });
      for (const one of turned.made) {
        made.push(one.id);
        await ended(one.id, 'failed');
      }
    }
    expect(made).toHaveLength(1);
    await pool.query('delete from recoveries');
  });

  test('and expunging, at the same moment, are one after the other', async () => {
    const ours = scopedTo(tenants, 'shop');
    const deadlocks = async () =>
      (
        await pool.query<{ deadlocks: string }>(
          'select deadlocks from pg_stat_database where datname = current_database()',
        )
      ).rows[0]?.deadlocks;
    const before = await deadlocks();
    for (let round = 0; round < 50; round++) {
      const { id, eventId } = await delivered();
      await writeSettled(pool, id, 'cancelled');
      const [resent, expunged] = await Promise.allSettled([
        resendDelivery(ours, 'shop', id, async () => undefined),
        expungePayload(ours, 'shop', eventId, 'somebody'),
      ]);
      expect(expunged).toEqual({ status: 'fulfilled', value: 'expunged' });
      if (resent.status === 'rejected') expect(resent.reason).toMatchObject({ code: 'payload_expunged' });
    }
    await pool.query('select pg_stat_force_next_flush()');
    expect(await deadlocks()).toBe(before);
  });
});

describe('the name of an event', () => {
  test.each([
    ['id', { id: 'order-1' }],
    ['idempotency key', { idempotencyKey: 'key-1' }],
  ])('its %s, is one over all days', async (_what, name) => {
    const first = await delivered(name);
    const back = { old: daysAgo(7), eventId: first.eventId };
    await pool.query(
      `update events set day = $1, accepted_at = accepted_at - interval '7 days' where id = $2`,
      [back.old, back.eventId],
    );
    await pool.query('update event_names set day = $1 where id = $2', [back.old, back.eventId]);
    const [again, other] = await ingestEvents(pool, [
      event(name),
      event({ ...name, contentHash: 'another' }),
    ]);
    expect(again).toMatchObject({ kind: 'accepted', repeated: true, id: first.eventId });
    expect(other).toEqual({ kind: 'conflict', id: first.eventId });
    expect(await count('events')).toBe(1);
  });

  test('that is left of an event which is gone is no hindrance', async () => {
    await pool.query(`insert into event_names (account_id, id, day) values ('shop', 'order-2', $1)`, [
      daysAgo(3),
    ]);
    expect(await delivered({ id: 'order-2' })).toMatchObject({ eventId: 'order-2' });
  });

  test('may be the id that was made for it', async () => {
    const { eventId } = await delivered();
    const [again, other] = await ingestEvents(pool, [event({ id: eventId }), event({ id: newId('evt') })]);
    expect(again).toMatchObject({ kind: 'accepted', repeated: true, id: eventId });
    expect(other).toMatchObject({ kind: 'accepted', repeated: false });
    expect(await count('events')).toBe(2);
  });
});

describe('a day that is over', () => {
  const dropAt = (days: number) =>
    retentionDuty({ pool, defaults }, { now: () => new Date(NOW + days * DAY) }).run();
  const partitions = async (day: Day) =>
    (
      await pool.query('select from pg_class where relispartition and relname like $1', [
        `%${day.replaceAll('-', '_')}`,
      ])
    ).rowCount;
  const inside = (day: Day) => readDays(pool).then((days) => days.includes(day));

  test('is dropped with all that is in it, and what was sent again later, and no other', async () => {
    const [kept, gone] = [await past(90), await past(91)];
    await pool.query(`insert into event_names (account_id, id, day) values ('shop', 'order-1', $1)`, [
      daysAgo(91),
    ]);
    const ours = scopedTo(tenants, 'shop');
    const resent = await resendDelivery(ours, 'shop', gone, async () => undefined);
    if (resent.kind !== 'created') throw new Error(resent.kind);
    await attempted(resent.delivery.id, 1);
    await dropAt(0);
    const { rows } = await pool.query<{ id: string }>('select id from deliveries');
    expect(rows).toEqual([{ id: kept }]);
    expect([await count('events'), await count('attempts'), await count('event_names')]).toEqual([1, 1, 0]);
    expect([await inside(daysAgo(91)), await inside(daysAgo(90))]).toEqual([false, true]);
    expect([await partitions(daysAgo(91)), await partitions(daysAgo(90))]).toEqual([0, 3]);
    expect(await findDelivery(ours, 'shop', gone)).toBeUndefined();
    expect(await delivered({ id: 'order-1' })).toMatchObject({ eventId: 'order-1' });
  });

  test('stays while something that is open belongs to it, but for the rest of it', async () => {
    await addDay(pool, daysAgo(95));
    const open = await past(95, { open: true });
    await past(95);
    await dropAt(0);
    const { rows } = await pool.query<{ id: string }>('select id from deliveries');
    expect(rows).toEqual([{ id: open }]);
    expect([await count('events'), await inside(daysAgo(95))]).toEqual([1, true]);
    await writeSettled(pool, open, 'cancelled');
    await pool.query(`update deliveries set completed_at = completed_at - interval '2 minutes'`);
    await dropAt(0);
    await dropAt(0);
    expect([await count('events'), await count('deliveries'), await inside(daysAgo(95))]).toEqual([
      0,
      0,
      false,
    ]);
  });

  test('stays while another account keeps it, whose rows are all that is left', async () => {
    await addDay(pool, daysAgo(96));
    await past(96);
    await pool.query(`insert into accounts (id, retention_days) values ('keeper', 200)`);
    await pool.query(
      `insert into events (account_id, day, type, data, created_at, selz_token, content_hash)
       values ('keeper', $1, 'a.type', '{}', now(), 'token-of-16-chars', 'hash')`,
      [daysAgo(96)],
    );
    await dropAt(0);
    const { rows } = await pool.query<{ account_id: string }>('select account_id from events');
    expect([rows, await count('deliveries'), await count('attempts')]).toEqual([
      [{ account_id: 'keeper' }],
      0,
      0,
    ]);
    await pool.query(`delete from accounts where id = 'keeper'`);
    await dropAt(0);
    expect(await inside(daysAgo(96))).toBe(false);
  });

  test('waits for those who use it, and lets others by meanwhile', async () => {
    await addDay(pool, daysAgo(97));
    await past(97);
    await inTransaction(pool, async (db) => {
      await db.query(`select from events where day = $1`, [daysAgo(97)]);
      await expect(dropAt(0)).rejects.toMatchObject({ code: '55P03' });
      await delivered();
      expect(await inside(daysAgo(97))).toBe(true);
    });
    await dropAt(0);
    expect(await inside(daysAgo(97))).toBe(false);
  });

  test('is no way for anybody to drop another table', async () => {
    await expect(pool.query(`select drop_day('accounts', $1)`, [daysAgo(1)])).rejects.toThrow(
      'not kept by day',
    );
    await expect(tenants.query(`select drop_day('events', $1)`, [daysAgo(1)])).rejects.toMatchObject({
      code: '42501',
    });
    await expect(tenants.query('select add_day($1)', [daysAgo(101)])).rejects.toMatchObject({
      code: '42501',
    });
  });
});
