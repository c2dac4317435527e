import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { ROOT } from './markdown.ts';

/**
 * Bytes in Postgres of one event, which is delivered to one endpoint at its first attempt, indexes included, and without
 * old versions of rows.
 */
interface Storage {
  events: number;
  deliveries: number;
  attempts: number;
  /** What the write-ahead log grows by. */
  wal: number;
}

const FILE = join(ROOT, 'docs/storage.json');
const TABLES = ['events', 'deliveries', 'attempts'] as const;
const DATA_BYTES = 400;
const EVENTS = 3000;
const BATCH = 500;

let posthaste: Posthaste;
let receiver: Receiver;
let database: pg.Client;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste({ bursts: 'always' }), startReceiver()]);
  database = new pg.Client(posthaste.databaseUrl);
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await posthaste.stop();
  await receiver.close();
});

/** Bytes so far, of each table and of the write-ahead log. */
async function measured(): Promise<Storage> {
  const { rows } = await database.query<Record<keyof Storage, string>>(
    `select ${TABLES.map((table) => `(select sum(pg_total_relation_size(relid)) from pg_partition_tree('${table}')) as ${table}`).join(', ')},
       pg_current_wal_insert_lsn() - '0/0'::pg_lsn as wal`,
  );
  const [row] = rows;
  if (!row) throw new Error('no sizes');
  return {
    events: Number(row.events),
    deliveries: Number(row.deliveries),
    attempts: Number(row.attempts),
    wal: Number(row.wal),
  };
}

/** @returns rows that are dead, and were left */
async function vacuumed(): Promise<number> {
  await database.query(`vacuum ${TABLES.join(', ')}`);
  const { rows } = await database.query<{ dead: string }>(
    `select sum(n_dead_tup) as dead from pg_stat_user_tables
     where relid in (${TABLES.map((table) => `select relid from pg_partition_tree('${table}')`).join(' union ')})`,
  );
  return Number(rows[0]?.dead);
}

test('an event takes as much room as docs/storage.json says', async () => {
  const merchant = await openAccount(posthaste);
  await merchant.endpoint({ url: receiver.url(), maxConcurrency: 100 });
  const data = { text: 'x'.repeat(DATA_BYTES - JSON.stringify({ text: '' }).length) };
  const before = await measured();
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    const events = Array.from({ length: BATCH }, () => ({ event: 'storage.measured', data }));
    expect((await merchant.call('POST', '/events/batch', { events })).status).toBe(207);
  }
  await waitUntil(
    async () => (await database.query(`select from deliveries where status = 'succeeded'`)).rowCount,
    (succeeded) => succeeded === EVENTS,
    60_000,
  );
  const { wal } = await measured();
  // How many old versions of rows there are, and so how full pages are, depends on how busy the machine is. A vacuum
  // leaves what some statement of the product, which began before, may still see.
  await waitUntil(vacuumed, (left) => left === 0, 30_000);
  await database.query(`vacuum (full) ${TABLES.join(', ')}`);
  const after = { ...(await measured()), wal };
  const bytes = (of: keyof Storage) => Math.round((after[of] - before[of]) / EVENTS);
  const found: Storage = {
    events: bytes('events'),
    deliveries: bytes('deliveries'),
    attempts: bytes('attempts'),
    wal: bytes('wal'),
  };
  if (process.env.MEASURE_STORAGE) writeFileSync(FILE, `${JSON.stringify(found, null, 2)}\n`);

  const told: Storage = JSON.parse(readFileSync(FILE, 'utf8'));
  for (const table of TABLES) {
    expect(found[table], table).toBeGreaterThan(0.9 * told[table]);
    expect(found[table], table).toBeLessThan(1.1 * told[table]);
  }
  // Other tests write to the same server's log.
  expect(found.wal).toBeGreaterThan(0.7 * told.wal);
}, 100_000);
