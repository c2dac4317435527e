import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createDeliveryTails } from '../../src/api/delivery-tails.ts';
import type { DeliveryAnswer } from '../../src/api/delivery-view.ts';
import { STREAM_LIMITS } from '../../src/api/event-stream.ts';
import type { Database } from '../../src/db/pool.ts';
import { WATCHED_OPEN } from '../../src/db/standing.ts';
import { createLogger } from '../../src/log.ts';
import { type EventSource, listenTo } from '../support/event-source.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { waitUntil } from '../support/wait.ts';
import { type ServedApi, serveApi } from './served-api.ts';

let served: ServedApi;
let merchant: Merchant;
let endpointId: string;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());
beforeEach(async () => {
  merchant = await openAccount(served);
  endpointId = (await merchant.endpoint({ url: 'https://a.test/' })).id;
});

/** Makes so many deliveries that sleep, each a millisecond after the one before it, and the last so long ago. */
async function asleep(count: number, agoS = 0): Promise<string[]> {
  const { rows } = await served.pool.query<{ id: string }>(
    `insert into deliveries (account_id, event_id, endpoint_id, event_type, status, attempt_count, created_at, started_at,
       next_attempt_at)
     select $1, 'evt_' || n, $2, 'a.type', 'retrying', 1, at, at, now() + interval '1 day'
     from generate_series(1, $3::int) n
     cross join lateral (select now() - ($3 - n) * interval '1 ms' - $4 * interval '1 s' as at) made
     returning id`,
    [merchant.id, endpointId, count, agoS],
  );
  return rows.map(({ id }) => id);
}

/** Gives each delivery of the account so many attempts that have just failed, with as much to tell of each. */
async function failed(attempts: number, detail: string): Promise<void> {
  await served.pool.query(
    `insert into attempts (delivery_id, account_id, number, try, started_at, finished_at, duration_ms, error, error_detail)
     select id, account_id, number, 1, now(), now(), 5, 'connect', $3
     from deliveries cross join generate_series(1, $2::int) number where account_id = $1`,
    [merchant.id, attempts, detail],
  );
}

async function tail(headers: Record<string, string> = {}): Promise<EventSource> {
  const source = await listenTo(`${served.url}/v1/accounts/${merchant.id}/deliveries/tail`, {
    authorization: `Bearer ${await served.keyOf(merchant.id)}`,
    ...headers,
  });
  onTestFinished(() => source.close());
  return source;
}

const told = ({ events }: EventSource) => events.map(({ data }) => JSON.parse(data) as DeliveryAnswer);
const idsTold = (source: EventSource) => new Set(told(source).map(({ id }) => id));
const sizeOf = ({ events }: EventSource) => events.reduce((sum, { data }) => sum + data.length, 0);

test('who comes again during an outage is told all of it, and comes again from before it when cut off amid it', async () => {
  const ids = await asleep(WATCHED_OPEN);
  await failed(6, 'x'.repeat(300));
  const source = await tail({ 'last-event-id': new Date(Date.now() - 60_000).toISOString() });
  await waitUntil(() => source.events.length >= ids.length);
  expect(idsTold(source)).toEqual(new Set(ids));
  expect(sizeOf(source)).toBeGreaterThan(2 * STREAM_LIMITS.mostUnreadBytes);
  const withId = source.events.flatMap(({ id }, at) => (id === undefined ? [] : [at]));
  expect(withId).toEqual([ids.length - 1]);
});

test('all that moves at once is told, however much it is', async () => {
  const ids = await asleep(WATCHED_OPEN);
  await failed(6, 'x'.repeat(300));
  const source = await tail();
  await served.pool.query('update deliveries set revision = revision + 1 where account_id = $1', [
    merchant.id,
  ]);
  await waitUntil(() => idsTold(source).size === ids.length);
  expect(sizeOf(source)).toBeGreaterThan(2 * STREAM_LIMITS.mostUnreadBytes);
  expect(source.events.filter(({ id }) => id !== undefined)).toEqual([source.events.at(-1)]);
});

/** Watches the account with a watch of its own. */
function watching(db: Database) {
  const tails = createDeliveryTails({ recordOf: () => db, logger: createLogger('fatal') });
  const heard: DeliveryAnswer[] = [];
  return {
    heard,
    async begin(since?: Date, into = heard) {
      const end = await tails.listen(merchant.id, (moved) => into.push(...moved), since);
      onTestFinished(end);
    },
  };
}

/** A record whose answer to the first question for attempts is kept back until it is released. */
function keepingBack(db: Database) {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isKept = false;
  const query = async (text: string, values: unknown[]) => {
    const answer = await db.query(text, values);
    if (text.includes('from attempts') && !isKept) {
      isKept = true;
      await released;
    }
    return answer;
  };
  return { db: { query } as unknown as Database, isKept: () => isKept, release };
}

const ENDED = `status = 'succeeded', completed_at = now(), day = day_of(id), next_attempt_at = null`;
const change = (id: string | undefined, what: string) =>
  served.pool.query(`update deliveries set ${what}, revision = revision + 1 where id = $1`, [id]);

test('what is told of the past comes before what has happened since', async () => {
  const [first, second] = await asleep(2);
  const kept = keepingBack(served.recordOf(merchant.id));
  const [other, own] = [watching(served.recordOf(merchant.id)), watching(kept.db)];
  await other.begin();
  const begun = own.begin(new Date(Date.now() - 60_000));
  await waitUntil(kept.isKept);
  await change(first, ENDED);
  await waitUntil(() => other.heard.some(({ id }) => id === first));
  // Two looks later the own watch would have looked, too.
  await change(second, 'attempt_count = 2');
  await waitUntil(() => other.heard.some(({ id }) => id === second));
  kept.release();
  await begun;
  const statuses = () => own.heard.filter(({ id }) => id === first).map(({ status }) => status);
  await waitUntil(statuses, ({ length }) => length >= 2);
  expect(statuses()).toEqual(['retrying', 'succeeded']);
});

test('nothing is told before the past, so that its id leaves out none of it', async () => {
  const [first, second] = await asleep(2);
  const kept = keepingBack(served.recordOf(merchant.id));
  const own = watching(kept.db);
  await own.begin();
  await change(second, 'attempt_count = 2');
  // By the look that found it.
  await waitUntil(kept.isKept);
  const told: DeliveryAnswer[] = [];
  const begun = own.begin(new Date(Date.now() - 60_000), told);
  kept.release();
  await begun;
  expect(own.heard.map(({ id }) => id)).toEqual([second]);
  expect(told.map(({ id }) => id)).toEqual([first, second]);
});

test('one that was out of sight among too many is not told when it comes in sight again as it was', async () => {
  const own = watching(served.recordOf(merchant.id));
  const [old] = await asleep(1, 10);
  await own.begin();
  const many = await asleep(WATCHED_OPEN);
  await waitUntil(() => own.heard.some(({ id }) => id === many.at(-1)));
  // A look two minutes later, and then another.
  const now = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + 120_000);
  onTestFinished(() => clock.mockRestore());
  own.heard.length = 0;
  await change(many[1], 'attempt_count = 2');
  await waitUntil(() => own.heard.length > 0);
  await change(many[0], ENDED);
  await waitUntil(() => own.heard.length > 1);
  expect(own.heard.map(({ id }) => id)).toEqual([many[1], many[0]]);
  await change(old, 'attempt_count = 2');
  await waitUntil(() => own.heard.at(-1)?.id === old);
});
