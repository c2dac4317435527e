import pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import { recordGauges } from '../../src/metrics/record.ts';
import { textOf } from '../docs/markdown.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { waitUntil } from '../support/wait.ts';
import { scrape } from './scrape.ts';

let posthaste: Posthaste;
let receiver: Receiver;
let merchant: Merchant;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
  merchant = await openAccount(posthaste);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

test('every metric that is served is documented with its type and labels, and no other', async () => {
  const { types, text } = await scrape(posthaste.url);
  const ours = [...types].filter(([name]) => name.startsWith('posthaste_'));
  const rows = [...textOf('docs/operating.md').matchAll(/^\| `(posthaste_\w+)` +\| (\w+) +\| (.*?) *\|/gm)];
  const told = new Map(rows.map(([, name = '', type = '']) => [name, type]));
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(ours));

  for (const [, name = '', , labels = ''] of rows) {
    const served = new Set<string>();
    for (const [, inside = ''] of text.matchAll(
      new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm'),
    ))
      for (const [, label = ''] of inside.matchAll(/(\w+)="/g)) if (label !== 'le') served.add(label);
    for (const label of served) expect(labels, name).toContain(`\`${label}\``);
  }
});

test('deliveries, attempts and events are counted by what came of them', async () => {
  receiver.script('/well', 200);
  receiver.script('/refused', 404);
  receiver.script('/broken', 500);
  const [well, refused, broken] = await Promise.all(
    ['/well', '/refused', '/broken'].map((path) =>
      merchant.endpoint({ url: receiver.url(path), events: [`a${path.slice(1)}`] }),
    ),
  );
  const before = await scrape(posthaste.url);
  const sent = await Promise.all(['awell', 'arefused', 'abroken'].map((type) => merchant.deliver(type, {})));
  await merchant.until(sent[0] ?? '', 'succeeded');
  await merchant.until(sent[1] ?? '', 'failed');
  await merchant.until(sent[2] ?? '', 'retrying');
  const after = await scrape(posthaste.url);
  const grown = (name: string, labels: Record<string, string> = {}) =>
    (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);

  for (const outcome of ['success', 'rejected', 'server_error'])
    expect(grown('posthaste_attempts_total', { profile: 'standard', outcome }), outcome).toBe(1);
  expect(grown('posthaste_attempt_duration_seconds_count', { profile: 'standard' })).toBe(3);
  expect(grown('posthaste_attempt_lateness_seconds_count', { attempt: 'first' })).toBe(3);
  expect(grown('posthaste_deliveries_ended_total', { status: 'succeeded', reason: '' })).toBe(1);
  expect(grown('posthaste_deliveries_ended_total', { status: 'failed', reason: 'rejected' })).toBe(1);
  expect(grown('posthaste_events_total', { result: 'accepted' })).toBe(3);
  expect(grown('posthaste_ingest_duration_seconds_count')).toBe(3);
  expect(grown('posthaste_workflow_starts_total', { kind: 'delivery', result: 'started' })).toBe(3);
  expect(after.value('posthaste_attempts_total', { profile: 'selz', outcome: 'dns' })).toBe(0);
  for (const id of [merchant.id, well?.id, refused?.id, broken?.id, ...sent, 'arefused'])
    expect(after.text).not.toContain(id);
});

test('a delivery that is cancelled while it sleeps is counted once, whoever asks again', async () => {
  receiver.script('/asleep', 500);
  const shop = await openAccount(posthaste);
  await shop.endpoint({ url: receiver.url('/asleep') });
  const labels = { status: 'cancelled', reason: '' };
  const before = (await scrape(posthaste.url)).value('posthaste_deliveries_ended_total', labels) ?? 0;
  const id = await shop.deliver('stock.moved', {});
  await shop.until(id, 'retrying');
  await shop.command(id, 'cancel');
  expect((await shop.call('POST', `/deliveries/${id}/cancel`)).status).toBe(409);
  await waitUntil(
    async () => (await scrape(posthaste.url)).value('posthaste_deliveries_ended_total', labels),
    (count) => count === before + 1,
  );
});

test('what is open, and how endpoints stand, is read from the record', async () => {
  const other = await startPosthaste();
  onTestFinished(other.stop);
  const shop = await openAccount(other);
  receiver.script('/down', 503);
  await shop.endpoint({ url: receiver.url('/down'), events: ['down'] });
  const paused = await shop.endpoint({ url: receiver.url('/well'), events: ['paused'] });
  await shop.pause(paused.id);
  await shop.until(await shop.deliver('down', {}), 'retrying');
  await shop.until(await shop.deliver('paused', {}), 'held');

  const { value } = await scrape(other.url);
  const open = (state: string) => value('posthaste_deliveries_open', { state });
  expect([open('sleeping'), open('due'), open('held'), open('unstarted'), open('under_way')]).toEqual([
    1, 0, 1, 0, 0,
  ]);
  const endpoints = ['active', 'failing', 'paused', 'disabled'].map((state) =>
    value('posthaste_endpoints', { state }),
  );
  expect(endpoints).toEqual([0, 1, 1, 0]);
  expect(value('posthaste_backlog_age_seconds', { state: 'due' })).toBe(0);
  expect(value('posthaste_record_up')).toBe(1);
  for (const part of ['database', 'temporal', 'worker']) expect(value('posthaste_part_up', { part })).toBe(1);
  expect(value('posthaste_worker_polling', { kind: 'workflow' })).toBe(1);
  expect(value('posthaste_database_connections_max', { pool: 'engine' })).toBe(16);
});

test('endpoints that cannot be counted in time leave the figures of what is open as they are, and say so', async () => {
  const { databaseUrl, drop } = await freshDatabase();
  onTestFinished(drop);
  const pool = createPool(databaseUrl, () => undefined);
  onTestFinished(() => pool.end());
  const holdsUp = new pg.Client({ connectionString: databaseUrl });
  await holdsUp.connect();
  onTestFinished(() => holdsUp.end());
  await holdsUp.query('begin');
  await holdsUp.query('lock table endpoints in access exclusive mode');
  const registry = new Registry();
  recordGauges(registry, pool);
  const text = await waitUntil(
    () => registry.metrics(),
    (told) => told.includes('posthaste_deliveries_open{state="unstarted"} 0'),
    20_000,
  );
  expect(text).toContain('posthaste_signals_unsent 0');
  expect(text).toContain('posthaste_record_up 0');
  expect(text).not.toContain('posthaste_endpoints{');
});

test.each(['cut', 'hush'] as const)(
  'while PostgreSQL is away (%s) the figures of the record are absent and say so; all others are there soon',
  async (how) => {
    const { databaseUrl, drop } = await freshDatabase();
    onTestFinished(drop);
    const through = new URL(databaseUrl);
    const wire = await startTcpProxy({ host: through.hostname, port: Number(through.port) });
    onTestFinished(() => wire.close());
    through.host = `127.0.0.1:${wire.port}`;
    const cutOff = await startPosthaste({ databaseUrl: through.href });
    onTestFinished(cutOff.stop);
    wire[how]();
    const begun = performance.now();
    const { value, types } = await scrape(cutOff.url);
    expect(performance.now() - begun).toBeLessThan(2500);
    expect(value('posthaste_record_up')).toBe(0);
    expect(value('posthaste_part_up', { part: 'database' })).toBe(0);
    expect(value('posthaste_part_up', { part: 'temporal' })).toBe(1);
    expect(types.get('posthaste_endpoints')).toBe('gauge');
    expect(value('posthaste_endpoints', { state: 'active' })).toBeUndefined();
    expect(value('posthaste_signals_unsent')).toBeUndefined();
    expect(value('posthaste_worker_polling', { kind: 'workflow' })).toBe(1);
    wire.mend();
  },
);
