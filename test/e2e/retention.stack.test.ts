import type { Pool, QueryConfig, QueryResultRow } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDay, dayAt } from '../../src/db/days.ts';
import { ingestEvents } from '../../src/db/ingest.ts';
import { createPool, inTransaction, type Queryable } from '../../src/db/pool.ts';
import { retentionDuty } from '../../src/dispatch/retention.ts';
import { untilLockWaits } from '../support/lock-waits.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';

let posthaste: Posthaste;
let receiver: Receiver;
let pool: Pool;
let merchant: Merchant;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
  pool = createPool(posthaste.databaseUrl, () => undefined);
  // Somebody who keeps the days: what others drop of them they drop row by row (whole days: test/db/days.stack.test.ts).
  const keeper = await openAccount(posthaste);
  await keeper.call('PUT', '', { retentionDays: 3650, payloadRetentionDays: 3650 });
});
afterAll(async () => {
  await pool.end();
  await posthaste.stop();
  await receiver.close();
});
beforeEach(async () => {
  began = Date.now();
  ahead = 0;
  merchant = await openAccount(posthaste);
});

const DAY = 86_400_000;
const WITHIN_MS = 30_000;
const defaults = { days: 90, payloadDays: 30 };

/** When the test began, and days from then on: what is over then is dropped. It may be midnight meanwhile. */
let began: number;
let ahead: number;
const age = (days: number): void => {
  ahead += days;
};
const drop = (rows = 500) =>
  retentionDuty({ pool, defaults }, { rows, now: () => new Date(began + ahead * DAY) }).run();

async function count(table: 'events' | 'deliveries' | 'attempts' | 'recoveries'): Promise<number> {
  return (await pool.query(`select from ${table} where account_id = $1`, [merchant.id])).rowCount ?? 0;
}
const counts = async () => [await count('events'), await count('deliveries'), await count('attempts')];
const payloads = async () =>
  (
    await pool.query<{ data: string | null }>('select data from events where account_id = $1', [merchant.id])
  ).rows.map(({ data }) => data);

/** Sends an event to a new endpoint, which answers with a body. */
async function delivered(path: string): Promise<{ eventId: string; id: string }> {
  receiver.script(path, answer(200, { body: 'kept answer' }));
  await merchant.endpoint({ url: receiver.url(path) });
  const { id: eventId, deliveries } = await merchant.send('x', { kept: 'payload' });
  const id = deliveries[0]?.id ?? '';
  await merchant.until(id, 'succeeded', WITHIN_MS);
  return { eventId, id };
}

describe('an event', () => {
  it('goes with its deliveries and attempts when its days are over, resends and all, and not before', async () => {
    const { eventId, id } = await delivered('/over');
    const resend = await merchant.command(id, 'resend');
    await merchant.until(resend.id, 'succeeded', WITHIN_MS);
    const again = await merchant.command(resend.id, 'resend');
    await merchant.until(again.id, 'succeeded', WITHIN_MS);

    age(90);
    await drop();
    expect(await counts()).toEqual([1, 3, 3]);
    age(2);
    await drop();
    expect(await counts()).toEqual([0, 0, 0]);
    expect((await merchant.call('GET', `/events/${eventId}`)).status).toBe(404);
    expect((await merchant.call('POST', `/deliveries/${id}/resend`)).status).toBe(404);
  });

  it('stays, payload and all, while a delivery of it is on its way, and goes afterwards', async () => {
    const endpoint = await merchant.endpoint({ url: receiver.url('/held') });
    await merchant.pause(endpoint.id);
    const id = await merchant.deliver('x', { kept: 'payload' });
    await merchant.until(id, 'held', WITHIN_MS);
    age(400);
    await drop();
    expect(await payloads()).toEqual(['{"kept":"payload"}']);

    await merchant.resume(endpoint.id);
    await merchant.until(id, 'succeeded', WITHIN_MS);
    const [got] = await receiver.waitFor((all) => all.some(({ path }) => path === '/held'), WITHIN_MS);
    expect(got).toBeDefined();
    await drop();
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('that can be dropped is not kept by those before it that cannot', async () => {
    const endpoint = await merchant.endpoint({ url: receiver.url('/mixed'), events: ['x'] });
    await merchant.pause(endpoint.id);
    for (let n = 0; n < 5; n++) await merchant.until(await merchant.deliver('x', { n }), 'held', WITHIN_MS);
    for (let n = 0; n < 5; n++) await merchant.send('nobody.listens', { n });
    age(92);
    await drop(2);
    expect(await counts()).toEqual([5, 5, 0]);
  });
});

describe('a payload', () => {
  it('goes with the answers to it when its days are over, and the event stays', async () => {
    const { eventId, id } = await delivered('/payload');
    age(29.9);
    await drop();
    expect((await merchant.delivery(id)).attempts[0]).toHaveProperty('responseBody', 'kept answer');
    age(0.2);
    await drop();
    const { body } = await merchant.call<object>('GET', `/events/${eventId}`);
    expect(body).toMatchObject({ id: eventId, payloadExpungedAt: expect.any(String) });
    expect(body).not.toHaveProperty('data');
    const [attempt] = (await merchant.delivery(id)).attempts;
    expect(attempt).toMatchObject({ responseStatus: 200 });
    expect(attempt).not.toHaveProperty('responseBody');
    expect((await merchant.call('POST', `/deliveries/${id}/resend`)).body).toMatchObject({
      status: 409,
      code: 'payload_expunged',
    });
  });

  it('of an account that keeps none goes as soon as its delivery is over', async () => {
    await merchant.call('PUT', '', { payloadRetentionDays: 0 });
    await delivered('/none');
    const sleeping = await merchant.send(
      'x',
      { later: 1 },
      { deliverAt: new Date(Date.now() + DAY).toISOString() },
    );
    expect(sleeping.deliveries).toHaveLength(1);
    age(0.01);
    await drop();
    expect(new Set(await payloads())).toEqual(new Set([null, '{"later":1}']));
  });
});

describe('an account', () => {
  it('has its own days, which are no other’s', async () => {
    const lasting = merchant;
    await lasting.send('nobody.listens', {});
    await lasting.call('PUT', '', { retentionDays: 3650, payloadRetentionDays: 3650 });
    age(3000);
    const brief = await openAccount(posthaste);
    merchant = brief;
    await brief.send('nobody.listens', {});
    await brief.call('PUT', '', { retentionDays: 1 });
    age(3);
    await drop();
    expect(await counts()).toEqual([0, 0, 0]);
    merchant = lasting;
    expect(await payloads()).toEqual(['{}']);
  });
});

describe('dropping', () => {
  it('goes on at once, batch after batch', async () => {
    const events = Array.from({ length: 25 }, (_, n) => ({ event: 'nobody.listens', data: { n } }));
    await merchant.call('POST', '/events/batch', { events });
    age(92);
    await drop(10);
    expect(await count('events')).toBe(0);
  });

  it('waits for nobody: what is in use is left for the next round', async () => {
    await merchant.call('POST', '/events/batch', {
      events: Array(3).fill({ event: 'nobody.listens', data: {} }),
    });
    age(92);
    await inTransaction(pool, async (db) => {
      await db.query('select from events where account_id = $1 limit 1 for key share', [merchant.id]);
      await drop();
      expect(await count('events')).toBe(1);
    });
    await drop();
    expect(await count('events')).toBe(0);
  });

  it('and a resend of the same delivery at the same moment never harm each other', async () => {
    const { id } = await delivered('/race');
    const answers = new Set<number>();
    for (let round = 0; round < 10; round++) {
      age(92);
      const [, resent] = await Promise.all([
        drop(),
        merchant.call<{ id: string }>('POST', `/deliveries/${id}/resend`),
      ]);
      answers.add(resent.status);
      if (resent.status !== 202) break;
      // One that was made and has arrived meanwhile is dropped with its event.
      await waitUntil(
        () => merchant.call<{ status: string }>('GET', `/deliveries/${resent.body.id}`),
        ({ status, body }) => status === 404 || body.status === 'succeeded',
        WITHIN_MS,
      );
    }
    for (const status of answers) expect([202, 404, 409]).toContain(status);
  });

  it('that is under way is waited for by a resend, which then finds nothing to send', async () => {
    const { eventId, id } = await delivered('/dropped-first');
    const event = [merchant.id, eventId];
    const { resend } = await inTransaction(pool, async (db) => {
      await db.query('select from events where account_id = $1 and id = $2 for update', event);
      const resend = merchant.call('POST', `/deliveries/${id}/resend`);
      await untilLockWaits(pool, 1, WITHIN_MS);
      await db.query(
        'update events set data = null, expunged_at = now() where account_id = $1 and id = $2',
        event,
      );
      return { resend };
    });
    expect(await resend).toMatchObject({ status: 409, body: { code: 'payload_expunged' } });
  });

  it('an event just before it is looked up as a repeat makes it a new one', async () => {
    const event = {
      accountId: merchant.id,
      id: 'dropped-meanwhile',
      type: 'nobody.listens',
      data: '{}',
      selzToken: 'token',
      contentHash: 'hash',
      profiles: [],
    };
    await ingestEvents(pool, [event]);
    let dropped = 0;
    const dropping: Queryable = {
      async query<Row extends QueryResultRow>(query: string | QueryConfig, values?: unknown[]) {
        // Between the two statements of a repeat.
        if (typeof query === 'string' && query.includes('v.content_hash'))
          for (const table of ['event_names', 'events'])
            dropped +=
              (await pool.query(`delete from ${table} where account_id = $1`, [merchant.id])).rowCount ?? 0;
        return pool.query<Row>(query, values);
      },
    };
    const [repeated] = await ingestEvents(dropping, [event]);
    expect([dropped, await count('events')]).toEqual([2, 1]);
    expect(repeated).toMatchObject({ kind: 'accepted', repeated: false, id: 'dropped-meanwhile' });
  });

  it('and a repeat of the same event at the same moment never harm each other', async () => {
    for (let round = 0; round < 10; round++) {
      const id = `repeated-${round}`;
      const content = { event: 'nobody.listens', data: {}, id };
      await merchant.call('POST', '/events', content);
      age(92);
      const [, ...repeats] = await Promise.all([
        drop(),
        ...Array.from({ length: 5 }, () => merchant.call('POST', '/events', content)),
      ]);
      expect(repeats.map(({ status }) => status)).toEqual(Array(5).fill(202));
    }
  });

  it('takes ended recoveries along, and leaves those whose deliveries are open', async () => {
    const endpoint = await merchant.endpoint({ url: receiver.url('/recovered'), events: ['x'] });
    await merchant.pause(endpoint.id);
    const id = await merchant.deliver('x', {});
    await merchant.until(id, 'held', WITHIN_MS);
    const recovery = `insert into recoveries (account_id, endpoint_id, since, until, statuses, status, total, created_at,
        completed_at)
      select $1, $2, now() - interval '200 days', now(), '{failed}', s, 1, now() - interval '91 days', c
      from (values ('completed', now() - interval '91 days')) v (s, c)
      returning id`;
    const { rows } = await pool.query<{ id: string }>(recovery, [merchant.id, endpoint.id]);
    await pool.query(recovery, [merchant.id, endpoint.id]);
    await pool.query('update deliveries set recovery_id = $2 where id = $1', [id, rows[0]?.id]);
    await drop();
    expect(await count('recoveries')).toBe(1);
    await merchant.resume(endpoint.id);
    await merchant.until(id, 'succeeded', WITHIN_MS);
    await drop();
    expect(await count('recoveries')).toBe(0);
  });

  it('takes the audit log after 400 days', async () => {
    const { rows } = await pool.query<{ target: string }>(
      `insert into audit_log (account_id, at, actor, action, target)
       overriding system value
       select $1, now() - d * interval '1 day', 'operator', 'x', d::text from unnest(array[401, 399]) d
       returning target`,
      [merchant.id],
    );
    expect(rows).toHaveLength(2);
    await drop();
    const left = await pool.query<{ target: string }>(
      `select target from audit_log where account_id = $1 and action = 'x'`,
      [merchant.id],
    );
    expect(left.rows).toEqual([{ target: '399' }]);
  });

  it('comes round by itself', async () => {
    await merchant.send('nobody.listens', {});
    const day = dayAt(new Date(Date.now() - 92 * DAY));
    await addDay(pool, day);
    await pool.query(
      `update events set accepted_at = accepted_at - interval '92 days', day = $2 where account_id = $1`,
      [merchant.id, day],
    );
    await pool.query(`update duties set due_at = now() where name = 'retention'`);
    await waitUntil(async () => (await count('events')) === 0, Boolean, WITHIN_MS);
  });
});

describe('an expunged payload', () => {
  const expunge = async (deliveryId: string) => {
    const { eventId } = await merchant.delivery(deliveryId);
    expect((await merchant.call('DELETE', `/events/${eventId}/payload`)).status).toBe(204);
  };

  it.each<[string, object]>([
    ['waits for its first attempt', { deliverAt: new Date(Date.now() + DAY).toISOString() }],
    ['sleeps between two', {}],
  ])('stops a delivery that %s, and nothing more is sent', async (_when, more) => {
    const path = `/expunged-${Object.keys(more).length}`;
    receiver.script(path, 503);
    await merchant.endpoint({ url: receiver.url(path) });
    const id = await merchant.deliver('x', { secret: 1 }, more);
    const waiting = await merchant.until(id, ({ nextAttemptAt }) => nextAttemptAt !== undefined, WITHIN_MS);
    await expunge(id);
    const ended = await merchant.until(id, 'cancelled', WITHIN_MS);
    expect(ended.attempts).toHaveLength(waiting.attempts.length);
    expect(receiver.requests.filter((one) => one.path === path)).toHaveLength(waiting.attempts.length);
    const { entries } = await merchant.log(id);
    expect(entries.slice(-2)).toMatchObject([
      { kind: 'changed', change: 'cancel', by: 'operator' },
      { kind: 'ended', status: 'cancelled' },
    ]);
  });

  it('lets an attempt that is under way end, and keeps none of its answer', async () => {
    receiver.script('/under-way', answer(200, { body: 'echo', delayMs: 1000 }));
    await merchant.endpoint({ url: receiver.url('/under-way') });
    const id = await merchant.deliver('x', { secret: 1 });
    await receiver.waitFor((all) => all.some(({ path }) => path === '/under-way'), WITHIN_MS);
    await expunge(id);
    const { attempts } = await merchant.until(id, 'succeeded', WITHIN_MS);
    expect(attempts).toMatchObject([{ number: 1, responseStatus: 200 }]);
    expect(attempts[0]).not.toHaveProperty('responseBody');
  });

  /** As after a crash between the commit and the start. */
  async function committed(url: string, more: { deliverAt?: Date } = {}): Promise<string> {
    await merchant.endpoint({ url });
    const [ingested] = await ingestEvents(pool, [
      {
        accountId: merchant.id,
        type: 'x',
        data: '{"secret":1}',
        selzToken: 'token',
        contentHash: 'hash',
        profiles: ['standard'],
        ...more,
      },
    ]);
    return (ingested?.kind === 'accepted' && ingested.deliveries[0]?.id) || '';
  }

  it('is never sent, though its workflow starts only afterwards', async () => {
    const id = await committed(receiver.url('/never'));
    await expunge(id);
    expect(await merchant.until(id, 'failed', WITHIN_MS)).toMatchObject({
      reason: 'payload_expunged',
      attemptCount: 0,
    });
    expect(receiver.requests.filter(({ path }) => path === '/never')).toEqual([]);
  });

  it('stops a delivery whose time is far, though its workflow starts only afterwards', async () => {
    const id = await committed(receiver.url('/far'), { deliverAt: new Date(Date.now() + DAY) });
    await expunge(id);
    expect(await merchant.until(id, 'cancelled', WITHIN_MS)).toMatchObject({ attemptCount: 0 });
  });
});
