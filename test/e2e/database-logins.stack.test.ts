import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lackingMigrations, migrate } from '../../src/db/migrate.ts';
import { type Embedded, startEmbedded } from '../../src/local/embedded.ts';
import { openAccount } from '../support/merchant.ts';
import { startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const folder = mkdtempSync(join(tmpdir(), 'posthaste-test-'));
/** A server of this test's own: the roles of the run's server were made by its superuser. */
let server: Embedded;
let superuser: pg.Client;
let receiver: Receiver;

beforeAll(async () => {
  server = await startEmbedded({
    dataDir: folder,
    postgres: true,
    temporal: false,
    progress: () => {},
    throwaway: true,
  });
  superuser = new pg.Client({ connectionString: server.databaseUrl });
  await superuser.connect();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver?.close();
  await superuser?.end();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A database that a login owns, and its URL for that login. */
async function databaseOf(login: string, name: string): Promise<string> {
  await superuser.query(`create database ${name} owner "${login}"`);
  const url = new URL(server.databaseUrl ?? '');
  url.username = login;
  url.password = 'secret';
  url.pathname = `/${name}`;
  return url.href;
}

/** Delivers, and uses the API's own connections for more than reading. */
async function expectDelivery(databaseUrl: string): Promise<void> {
  const posthaste = await startPosthaste({ databaseUrl });
  try {
    const merchant = await openAccount(posthaste);
    await merchant.endpoint({ url: receiver.url(`/${merchant.id}`) });
    const id = await merchant.deliver('order.completed');
    await merchant.until(id, 'succeeded', 30_000);
    const again = await merchant.command(id, 'resend');
    expect(again).toMatchObject({ resendOf: id });
    await merchant.until(again.id, 'succeeded', 30_000);
  } finally {
    await posthaste.stop();
  }
}

test('a login that may make roles migrates several databases at once, and delivers', async () => {
  await superuser.query(`create role maker login createrole password 'secret'`);
  const urls: string[] = [];
  for (const name of ['made_1', 'made_2', 'made_3']) urls.push(await databaseOf('maker', name));
  await Promise.all(urls.map((url) => migrate(url)));
  for (const url of urls) expect(await lackingMigrations(url)).toEqual([]);
  await expectDelivery(urls[0] as string);

  const owner = new pg.Client({ connectionString: urls[0] });
  await owner.connect();
  // As processes of the version before do, which take no role, while an upgrade is under way.
  expect((await owner.query('select from endpoints')).rowCount).toBe(1);
  // Its own tables, and still an error rather than rows past the policies.
  await owner.query('set row_security = off');
  await expect(owner.query('select from endpoints')).rejects.toMatchObject({ code: '42501' });
  await owner.end();
});

test('a login that may not is told in one line what a superuser runs; then it migrates and delivers', async () => {
  await superuser.query(`create role "plain-login" login password 'secret'`);
  const url = await databaseOf('plain-login', 'plain');
  const refusal: string = await migrate(url).then(
    () => 'it migrated',
    ({ message }: Error) => message,
  );
  expect(refusal).toContain(
    'create role posthaste_tenant nologin; create role posthaste_engine nologin; grant ',
  );
  expect(refusal).not.toContain('\n');
  const [grant] = /grant posthaste_tenant, posthaste_engine to "plain-login";$/.exec(refusal) ?? [];
  await superuser.query(grant ?? '');
  expect(await migrate(url)).toContain('0003_row_security');
  await expectDelivery(url);
});
