import pg, { type Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Place, WALKS } from '../../src/db/overlooked.ts';
import { createPool } from '../../src/db/pool.ts';
import { freshDatabase } from '../support/postgres.ts';

let pool: Pool;
let drop: () => Promise<void>;

/** Beside those that a test is about: deliveries that are over, and some that were never started. */
const OVER = 20_000;

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  pool = createPool(database.databaseUrl, () => undefined);
  await pool.query(`insert into accounts (id) values ('shop')`);
  await pool.query(
    `insert into endpoints (id, account_id, url, profile, events, secret_sealed)
     select 'ep_' || n, 'shop', 'https://shop.example/', 'standard', '{*}', 'sealed' from generate_series(1, 5) n`,
  );
  await pool.query(
    `insert into events (account_id, id, type, data, created_at, selz_token, content_hash)
     values ('shop', 'evt', 'some.type', '{}', now(), 'token', 'hash')`,
  );
  await inserted('over', OVER, `'succeeded'`, { completed: 'now()' });
  await inserted('new', 50, `'pending'`, { started: 'null' });
  await inserted('asleep', 50, `'retrying'`, { next: `now() + n * interval '1 minute'` });
  await inserted('overdue', 50, `'retrying'`, {
    next: `now() - n * interval '1 minute' + interval '50 seconds'`,
  });
  await inserted('parked', 50, `'retrying'`, { parked: `now()`, next: `now() - interval '1 hour'` });
  await inserted('posting', 50, `'delivering'`);
  await inserted('stuck', 50, `'delivering'`);
  for (const [name, began] of [
    ['posting', 'now()'],
    ['stuck', `now() - interval '10 minutes'`],
  ])
    await pool.query(
      `insert into attempts (delivery_id, account_id, number, try, started_at)
       select id, 'shop', 1, 1, ${began} from deliveries where id like '${name}%'`,
    );
  // Only the owner of the tables may.
  const owner = new pg.Client({ connectionString: database.databaseUrl });
  await owner.connect();
  await owner.query('analyze');
  await owner.end();
});
afterAll(async () => {
  await pool.end();
  await drop();
});

function inserted(
  name: string,
  count: number,
  status: string,
  {
    started = `now() - interval '1 hour'`,
    completed = 'null',
    next = 'null',
    parked = 'null',
  }: { started?: string; completed?: string; next?: string; parked?: string } = {},
) {
  return pool.query(
    `insert into deliveries (id, account_id, event_id, endpoint_id, event_type, status, started_at, completed_at,
       next_attempt_at, parked_at)
     select '${name}-' || lpad(n::text, 6, '0'), 'shop', 'evt', 'ep_' || n % 5 + 1, 'some.type', ${status},
       ${started}, ${completed}, ${next}, ${parked}
     from generate_series(1, ${count}) n`,
  );
}

/** All that a walk meets, a few at a time. */
async function met(walk: keyof typeof WALKS): Promise<string[]> {
  const ids: string[] = [];
  let after: Place | undefined;
  for (;;) {
    const page = await WALKS[walk](pool, { after, quietMs: 5 * 60_000, limit: 7 });
    ids.push(...page.map(({ id }) => id));
    after = page.at(-1)?.place;
    if (!after || page.length < 7) return ids;
  }
}

const named = (names: string[], from = 1) =>
  names.flatMap((name) =>
    Array.from({ length: 51 - from }, (_, n) => `${name}-${String(n + from).padStart(6, '0')}`),
  );

test('every open delivery that was started is met once, in its turn', async () => {
  const ids = await met('open');
  expect(ids.toSorted()).toEqual(named(['asleep', 'overdue', 'parked', 'posting', 'stuck']));
});

test('the overdue are met, longest overdue first; not those that sleep or wait for their endpoint', async () => {
  const ids = await met('overdue');
  expect(ids).toEqual(named(['overdue'], 6).toReversed());
});

test('attempts that should have ended are met', async () => {
  expect((await met('stuck')).toSorted()).toEqual(named(['stuck']));
});

test.each([
  ['open', 'deliveries_unended'],
  ['overdue', 'deliveries_due'],
  ['stuck', 'deliveries_under_way'],
] as const)('the walk through the %s ones reads an index that holds few', async (walk, index) => {
  const plans: string[] = [];
  const explaining: Parameters<(typeof WALKS)[typeof walk]>[0] = {
    async query(query) {
      if (typeof query === 'string') throw new Error('not a prepared statement');
      const { rows } = await pool.query(`explain ${query.text}`, query.values);
      plans.push(JSON.stringify(rows));
      return pool.query(query.text, query.values);
    },
  };
  const after: Place = walk === 'overdue' ? ['2020-01-01', 'x'] : ['ep_2', 'x'];
  await WALKS[walk](explaining, { after, quietMs: 1000, limit: 5 });
  expect(plans.join()).toMatch(new RegExp(`Scan (on|using) ${index}`));
  expect(plans.join()).not.toContain('Seq Scan on deliveries');
});
