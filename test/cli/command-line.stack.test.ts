import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteAddress } from '../../src/local/local-product.ts';
import { takeLock } from '../../src/local/lock.ts';
import { ensureLocalSecrets } from '../../src/local/secrets-file.ts';
import buildProduct from '../faults/support/built-product.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { afterOutage } from '../support/outage.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait.ts';
import { type RunOptions, runPosthaste } from './run-posthaste.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([
    startPosthaste({ servesThisMachine: true }),
    startReceiver(),
    buildProduct(),
  ]);
}, 180_000);
afterAll(async () => {
  await receiver?.close();
  await posthaste?.stop();
});

/** A merchant at a command line of their own. */
async function seated() {
  const merchant = await openAccount(posthaste);
  const env = {
    POSTHASTE_URL: posthaste.url,
    POSTHASTE_API_KEY: posthaste.operatorKey,
    POSTHASTE_ACCOUNT: merchant.id,
  };
  const run = (args: readonly string[], options: RunOptions = {}) =>
    runPosthaste(args, { ...options, env: { ...env, ...options.env } });
  return {
    merchant,
    env,
    run,
    /** @throws unless it ends with 0 */
    async json<T>(...args: string[]): Promise<T> {
      const { code, stdout, stderr } = await run([...args, '--json']);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
  };
}

interface Listed {
  id: string;
  status: string;
}

const hasEnded = (merchant: Merchant, id: string) =>
  merchant.until(id, ({ completedAt }) => completedAt !== undefined);

test('an endpoint is made, shown, changed, paused, resumed and deleted', async () => {
  const { json, run, merchant } = await seated();
  const url = receiver.url('/life');
  const made = await json<Listed & { secret: string }>(
    'endpoints',
    'create',
    url,
    '--events',
    'a.*,b',
    '--timeout',
    '2000',
  );
  expect(made).toMatchObject({
    url,
    profile: 'standard',
    events: ['a.*', 'b'],
    timeoutMs: 2000,
    status: 'active',
  });
  expect(await json('endpoints', 'list')).toMatchObject([{ id: made.id }]);
  expect(await json('endpoints', 'show', made.id)).toMatchObject({ id: made.id, url });
  expect(await json('endpoints', 'update', made.id, '--retry-schedule', 'none')).toMatchObject({
    retrySchedule: [],
  });
  expect(await json('endpoints', 'pause', made.id)).toMatchObject({ status: 'paused' });
  expect(await json('endpoints', 'resume', made.id)).toMatchObject({ status: 'active' });
  expect(await json('endpoints', 'secret', made.id)).toEqual({ secret: made.secret });
  const rotated = await json<{ secret: string }>('endpoints', 'rotate', made.id, '--overlap', '0');
  expect(rotated.secret).not.toBe(made.secret);
  const sent = await json<{ deliveryId: string }>('endpoints', 'test', made.id);
  expect(await hasEnded(merchant, sent.deliveryId)).toMatchObject({ status: 'succeeded' });

  const asked = await run(['endpoints', 'delete', made.id]);
  expect(asked).toMatchObject({ code: 2, stdout: '' });
  expect(asked.stderr).toContain('--yes');
  expect(await json('endpoints', 'delete', made.id, '--yes')).toEqual({ id: made.id, deleted: true });
  expect((await run(['endpoints', 'show', made.id])).code).toBe(3);
});

test('an event is sent as it was written, and its delivery told, retried and sent again', async () => {
  const { json, run, merchant } = await seated();
  const path = '/event';
  receiver.script(path, 503, 200);
  await json('endpoints', 'create', receiver.url(path));
  const file = await run(['events', 'send', 'free.type', '--data', '@-', '--id', 'evt_cli', '--json'], {
    input: '{"price":1.50,"name":"Zoë"}',
  });
  const accepted = JSON.parse(file.stdout) as { id: string; deliveries: { id: string }[] };
  const delivery = accepted.deliveries[0]?.id ?? '';
  expect(await json('events', 'show', 'evt_cli')).toMatchObject({
    event: 'free.type',
    data: { price: 1.5, name: 'Zoë' },
  });
  await merchant.until(delivery, 'retrying');
  expect(await json('deliveries', 'list', '--status', 'retrying,held')).toMatchObject([{ id: delivery }]);
  expect(await json('deliveries', 'list', '--status', 'failed')).toEqual([]);
  const log = await json<{ entries: { kind: string }[] }>('deliveries', 'log', delivery);
  expect(log.entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['attempt', 'wait']));
  expect((await run(['deliveries', 'resend', delivery])).code).toBe(5);
  await json('deliveries', 'retry', delivery);
  await merchant.until(delivery, 'succeeded');
  const resent = await json<Listed>('deliveries', 'resend', delivery);
  expect(resent).toMatchObject({ resendOf: delivery });
  expect((await run(['deliveries', 'cancel', delivery])).code).toBe(5);

  const shown = await run(['deliveries', 'show', delivery]);
  expect(shown.stdout).toMatch(/status +succeeded[\s\S]*503 server_error/);
  // Not on a terminal: no colours.
  expect(shown.stdout).not.toContain('\u001b');
  const told = await run(['deliveries', 'log', delivery]);
  expect(told.stdout).toMatch(/attempt 1: 503 server_error in \d+ ms\n.*waits until/);
});

test("a type's sample is sent with what was set, or to one endpoint as it is", async () => {
  const { json, run, merchant } = await seated();
  const endpoint = await json<Listed>(
    'endpoints',
    'create',
    receiver.url('/trigger'),
    '--profile',
    'selgora',
  );
  const sent = await json<{ id: string }>('trigger', 'order.completed', '--set', 'data.amount=4200');
  expect(await json('events', 'show', sent.id)).toMatchObject({
    data: { amount: 4200, order_id: expect.any(String) },
  });
  const alone = await json<{ deliveryId: string }>('trigger', 'order.completed', '--endpoint', endpoint.id);
  await hasEnded(merchant, alone.deliveryId);
  await merchant.call('PUT', '/event-types/own.type', { sample: { size: 'L' } });
  const own = await json<{ id: string }>('trigger', 'own.type');
  expect(await json('events', 'show', own.id)).toMatchObject({ event: 'own.type', data: { size: 'L' } });
  expect((await run(['trigger', 'no.such.type'])).code).toBe(3);
  expect(
    (await run(['trigger', 'order.completed', '--endpoint', endpoint.id, '--set', 'data.a=1'])).code,
  ).toBe(2);
});

test('a portal link is made as it is asked for, and told alone on its line', async () => {
  const { json, run, merchant } = await seated();
  const look = ['--name', 'Shop', '--color', '#0f766e', '--origin', 'https://a.example'];
  const made = await json<{ createdAt: string; expiresAt: string }>(
    ...['portal-link', '--minutes', '5', '--read-only', '--origin', 'https://b.example', ...look],
  );
  expect(made).toMatchObject({
    account: merchant.id,
    scopes: ['read'],
    name: 'Shop',
    color: '#0f766e',
    allowedOrigins: ['https://b.example', 'https://a.example'],
  });
  expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(300_000);
  const { stdout, stderr } = await run(['portal-link']);
  expect(stdout).toMatch(/^http:\/\/localhost:\d+\/portal\/portal_[0-9a-f]+#ph_portal_[\w-]+\n$/);
  expect(stderr).toMatch(/It ends in (?:59 min|1 h)\./);
  expect((await run(['portal-link', '--color', 'teal'])).code).toBe(2);
});

test('a recovery counts first, asks, and is followed to its end', async () => {
  const { json, run, merchant } = await seated();
  const endpoint = await merchant.endpoint({ url: receiver.url('/recover') });
  await afterOutage(posthaste, { accountId: merchant.id, id: endpoint.id }, 7);
  const recover = ['recover', endpoint.id, '--since', '1d'];
  expect(await json(...recover, '--dry-run')).toMatchObject({ count: 7, skipped: 0 });
  const asked = await run(recover);
  expect(asked.code).toBe(2);
  expect(asked.stderr).toContain('7 events did not arrive');
  expect(await json(...recover, '--yes')).toMatchObject({ status: 'completed', resent: 7 });
  const again = await run([...recover, '--yes']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('0 events');
});

test('Ctrl-C ends the looking on, and the recovery goes on', async () => {
  const { run, merchant } = await seated();
  const endpoint = await merchant.endpoint({ url: receiver.url('/interrupted') });
  // So many that the recovery of a paused endpoint does not end by itself.
  await afterOutage(posthaste, { accountId: merchant.id, id: endpoint.id }, 120);
  await merchant.pause(endpoint.id);
  const recoveries = async () => (await merchant.call<{ data: Listed[] }>('GET', '/recoveries')).body.data;
  const { code, stderr } = await run(['recover', endpoint.id, '--since', '1d', '--yes'], {
    interruptAfter: () => waitUntil(recoveries, (all) => all.length === 1),
  });
  const [recovery] = await recoveries();
  expect(recovery?.status).toBe('running');
  expect({ code, named: stderr.includes(`The recovery ${recovery?.id} goes on`) }).toEqual({
    code: 130,
    named: true,
  });
});

describe('a fault is told on stderr, and by the exit code', () => {
  test.each([
    [2, 'an unknown command', ['endpoint', 'list']],
    [2, 'an unknown option', ['endpoints', 'list', '--colour']],
    [2, 'a missing argument', ['endpoints', 'show']],
    [2, 'what the API finds wrong', ['endpoints', 'create', 'not a url']],
    [
      2,
      'a number that would not stay what it is',
      ['events', 'send', 'x', '--data', '{"n":12345678901234567890}'],
    ],
    [2, 'a time that is none', ['deliveries', 'list', '--since', 'noon']],
    [3, 'what is not there', ['deliveries', 'show', 'dlv_none']],
    [4, 'a wrong key', ['endpoints', 'list', '--key', 'ph_wrong']],
    [6, 'nobody at the address', ['endpoints', 'list', '--url', 'http://127.0.0.1:9']],
  ])('%i: %s', async (code, _, args) => {
    const { run } = await seated();
    const ended = await run(args);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.stderr.length).toBeGreaterThan(10);
  });

  test('with --json, as one JSON document', async () => {
    const { run } = await seated();
    const { stderr } = await run(['deliveries', 'show', 'dlv_none', '--json']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { status: 404, code: 'not_found' } });
    const wrong = await run(['deliveries', 'show', '--json']);
    expect(wrong.code).toBe(2);
    expect(JSON.parse(wrong.stderr).error.detail).toContain("missing required argument 'id'");
  });

  test('the similar command is suggested', async () => {
    const { run } = await seated();
    expect((await run(['endpoint'])).stderr).toContain('Did you mean endpoints?');
  });
});

test('a reader that has had enough ends it quietly', async () => {
  const { run, json } = await seated();
  for (let n = 0; n < 3; n += 1) await json('events', 'send', 'free.type', '--data', `{"n":${n}}`);
  const { code, stderr } = await run(['events', 'list', '--json'], { deaf: true });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('--limit and --all read over pages, newest first', async () => {
  const { json } = await seated();
  for (const n of [1, 2, 3]) await json('events', 'send', 'free.type', '--id', `evt_${n}`);
  const ids = async (...args: string[]) =>
    (await json<{ id: string }[]>('events', 'list', ...args)).map(({ id }) => id);
  expect(await ids('--limit', '2')).toEqual(['evt_3', 'evt_2']);
  expect(await ids('--all')).toEqual(['evt_3', 'evt_2', 'evt_1']);
});

describe('the product of this folder', () => {
  test('is found with its key, and its account demo', async () => {
    const cwd = temporaryFolder();
    const dataDir = `${cwd}/.posthaste`;
    await posthaste.api.call('PUT', '/v1/accounts/demo', {});
    const { apiKey } = ensureLocalSecrets(dataDir);
    const lock = takeLock(`${dataDir}/owner.json`);
    if (lock.kind !== 'taken') throw new Error('somebody owns a new folder');
    noteAddress(dataDir, posthaste.url);
    const refused = await runPosthaste(['endpoints', 'list'], { cwd });
    // It is another product's key: what matters is that it was sent there.
    expect(apiKey).not.toBe(posthaste.operatorKey);
    expect(refused.code).toBe(4);
    const env = { POSTHASTE_API_KEY: posthaste.operatorKey };
    expect(await runPosthaste(['endpoints', 'list'], { cwd, env })).toMatchObject({
      code: 0,
      stdout: 'No endpoints.\n',
    });
    lock.release();
    expect(await runPosthaste(['endpoints', 'list'], { cwd, env })).toMatchObject({ code: 2 });
  });

  test('is not there: what to do is said', async () => {
    const { code, stderr } = await runPosthaste(['endpoints', 'list'], { cwd: temporaryFolder() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/none runs with the data in .*npm start.*POSTHASTE_URL/);
  });

  test('never has its key sent to another address', async () => {
    const env = { POSTHASTE_URL: posthaste.url };
    const { code, stderr } = await runPosthaste(['endpoints', 'list'], { env });
    expect({ code, said: stderr.includes('POSTHASTE_API_KEY') }).toEqual({ code: 2, said: true });
  });
});

test('a captured request is verified, and what is wrong is named', async () => {
  const { json, run } = await seated();
  const path = '/verify';
  const { secret } = await json<{ secret: string }>(
    'endpoints',
    'create',
    receiver.url(path),
    '--profile',
    'selz',
  );
  const { id } = await json<{ id: string }>('trigger', 'order_completed');
  await receiver.waitFor((all) => all.some(({ headers }) => headers['webhook-id'] === id));
  const request = receiver.requests.find(({ headers }) => headers['webhook-id'] === id);
  if (!request) throw new Error('it came, and is not there');
  const lines = Object.entries(request.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const verify = (input: string | Buffer) =>
    run(['verify', '--secret', secret, ...lines, '--json'], { input });
  const right = await verify(request.body);
  expect(right.code).toBe(0);
  expect(JSON.parse(right.stdout)).toMatchObject({
    valid: true,
    signatures: [
      { scheme: 'standard', verdict: 'valid' },
      { scheme: 'selz', verdict: 'valid' },
    ],
  });
  const wrong = await verify(JSON.stringify(JSON.parse(request.body.toString()), null, 2));
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.stdout)).toMatchObject({
    valid: false,
    signatures: [{ verdict: 'invalid', findings: [{ code: 'body_reserialised' }] }, { verdict: 'valid' }],
  });
});

describe('a secret or a key in a file, which no list of processes shows,', () => {
  const fileOf = (text: string) => {
    const file = join(temporaryFolder(), 'secret');
    writeFileSync(file, text, { mode: 0o600 });
    return `@${file}`;
  };

  test('is taken where one is given', async () => {
    const { json, run, merchant } = await seated();
    const { key } = (await merchant.call<{ key: string }>('POST', '/keys', { name: 'k', scopes: ['read'] }))
      .body;
    const options = { env: { POSTHASTE_API_KEY: 'ph_wrong' } };
    const whoami = await run(['whoami', '--json', '--key', fileOf(`${key}\n`)], options);
    expect(JSON.parse(whoami.stdout)).toMatchObject({ account: merchant.id, scopes: ['read'] });

    const create = ['endpoints', 'create', receiver.url('/filed'), '--profile', 'selgora', '--secret'];
    const made = await json<{ id: string; secret: string }>(...create, fileOf('of the first\r\n'));
    expect(made.secret).toBe('of the first');
    const rotated = await json<object>('endpoints', 'rotate', made.id, '--secret', fileOf('of the second'));
    expect(rotated).toMatchObject({ secret: 'of the second' });
  });

  test.each([
    ['an empty one', () => fileOf('\n'), 'is empty'],
    ['one that is not there', () => '@/nowhere/secret', 'ENOENT'],
  ])('is refused: %s', async (_, file, why) => {
    const { run, merchant } = await seated();
    for (const args of [
      ['endpoints', 'create', receiver.url('/filed'), '--secret', file()],
      ['endpoints', 'list', '--key', file()],
    ]) {
      const { code, stderr } = await run(args);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
      expect(stderr).toContain(args.includes('--key') ? '--key: ' : '--secret: ');
    }
    expect((await merchant.call('GET', '/endpoints')).body).toMatchObject({ data: [] });
  });

  test('is not repeated when it is no key', async () => {
    const { run } = await seated();
    const { code, stderr } = await run(['endpoints', 'list', '--key', fileOf('ph_one\nph_two\n')]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('no API key') });
    expect(stderr).not.toContain('ph_');
  });
});

test('the roles are still commands, with their own faults', async () => {
  const { code, stderr } = await runPosthaste(['api']);
  expect(code).toBe(1);
  expect(stderr).toContain('DATABASE_URL is required for "posthaste api"');
  expect((await runPosthaste(['worker', 'now'])).stderr).toContain('is not a command');
});
