import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { waitUntil } from '../support/wait.ts';
import { type ServedApi, serveApi } from './served-api.ts';

/** What others read is not held up for longer, however busy this machine is. */
const SOON_MS = 3000;

let served: ServedApi;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());

/** Makes counts take until they are let go. */
async function holdUp(): Promise<{ letGo(): Promise<void>; heldUp(): Promise<number> }> {
  const client = new pg.Client({ connectionString: served.databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query('lock table deliveries in access exclusive mode');
  const letGo = async () => void (await client.query('rollback'));
  onTestFinished(() => client.end());
  const heldUp = async () => {
    // In a transaction it is told once what the others do.
    await client.query('select pg_stat_clear_snapshot()');
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.count ?? 0;
  };
  return { letGo, heldUp };
}

const since = (n: number) => `since=${new Date(Date.now() - n * 60_000).toISOString()}`;

test('overviews and counts of one account take one connection; whoever is too many is told when to come again', async () => {
  const [greedy, other] = [await openAccount(served), await openAccount(served)];
  const { id } = await greedy.endpoint({ url: 'https://a.test/' });
  await other.endpoint({ url: 'https://b.test/' });
  const { letGo, heldUp } = await holdUp();
  const asked = [
    ...Array.from({ length: 12 }, (_, n) => greedy.call('GET', `/overview?${since(n + 60)}`)),
    ...Array.from({ length: 4 }, (_, n) =>
      greedy.call('POST', `/endpoints/${id}/recover`, {
        dryRun: true,
        since: new Date(Date.now() - (n + 1) * 1000).toISOString(),
      }),
    ),
  ];
  const answers = Promise.all(asked);
  await waitUntil(heldUp, (count) => count > 0);

  const before = performance.now();
  expect((await other.call('GET', '/endpoints')).status).toBe(200);
  expect(performance.now() - before).toBeLessThan(SOON_MS);
  expect(await heldUp()).toBe(1);
  await letGo();

  const refused = (await answers).filter(({ status }) => status !== 200);
  expect(refused).toHaveLength(asked.length - 11);
  for (const { status, headers, body } of refused) {
    expect([status, body]).toEqual([429, expect.objectContaining({ code: 'too_many_counts' })]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
});

test('two accounts are counted at a time, however many ask', async () => {
  const merchants: Merchant[] = [];
  for (let n = 0; n < 5; n += 1) merchants.push(await openAccount(served));
  const { letGo, heldUp } = await holdUp();
  const answers = Promise.all(merchants.map((merchant) => merchant.call('GET', '/overview')));
  await waitUntil(heldUp, (count) => count === 2);
  expect((await merchants[4]?.call('GET', '/endpoints'))?.status).toBe(200);
  expect(await heldUp()).toBe(2);
  await letGo();
  expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
});

test('what takes too long to count is given up, and said to be too long', async () => {
  const merchant = await openAccount(served);
  const { id } = await merchant.endpoint({ url: 'https://a.test/' });
  const { letGo } = await holdUp();
  const tooLong = [
    422,
    expect.objectContaining({ code: 'count_too_long', detail: expect.stringMatching(/shorter/) }),
  ];
  const overview = await merchant.call('GET', '/overview');
  expect([overview.status, overview.body]).toEqual(tooLong);
  const recover = { dryRun: true, since: new Date(Date.now() - 1000).toISOString() };
  const counted = await merchant.call('POST', `/endpoints/${id}/recover`, recover);
  expect([counted.status, counted.body]).toEqual(tooLong);
  await letGo();
  expect((await merchant.call('GET', '/overview')).status).toBe(200);
  expect((await merchant.call('POST', `/endpoints/${id}/recover`, recover)).status).toBe(200);
});
