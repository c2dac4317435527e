import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Problem } from '../../src/api/problem.ts';
import { parseNetworks } from '../../src/http/address.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import { MALFORMED_URLS, REFUSED_HOSTS, REFUSED_PORTS } from './spellings.ts';

/** Deliveries may reach this address here and no other; what listens at the other one must never be reached. */
const OPEN = '127.0.0.1';
const SHUT = '127.0.0.2';

let posthaste: Posthaste;
let database: pg.Client;
let merchant: Merchant;
let open: Receiver;
let shut: Receiver;
/** What names lead to; `hang` never says. */
const names = new Map<string, string[] | 'hang'>();
const logLines: string[] = [];

beforeAll(async () => {
  posthaste = await startPosthaste({
    addressPolicy: { allowNetworks: parseNetworks(`${OPEN}/32`), allowHttp: true },
    resolve: (name) => {
      const answers = names.get(name) ?? (/local|loopback/.test(name) ? [OPEN, '::1'] : undefined);
      if (answers === 'hang') return new Promise(() => undefined);
      return answers
        ? Promise.resolve(answers)
        : Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
    },
    logger: pino({ level: 'info' }, { write: (line) => void logLines.push(line) }),
  });
  database = new pg.Client({ connectionString: posthaste.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await posthaste.stop();
});

beforeEach(async () => {
  merchant = await openAccount(posthaste);
  open = await startReceiver({ host: OPEN });
  // The same port at the other address, so that only the address differs.
  shut = await startReceiver({ host: SHUT, port: open.port });
  names.clear();
});
afterEach(async () => {
  expect(shut.connections).toBe(0);
  await open.close();
  await shut.close();
});

const endpointFor = (url: string, fields: object = {}) =>
  merchant.endpoint({ url, retrySchedule: [3600], timeoutMs: 5000, ...fields });
const at = (name: string, path = '/') => `http://${name}:${open.port}${path}`;

async function expectBlocked(deliveryId: string, name: string) {
  const delivery = await merchant.until(deliveryId, 'failed', 30_000);
  expect(delivery).toMatchObject({ reason: 'blocked' });
  expect(delivery.attempts.at(-1)).toMatchObject({
    error: 'blocked',
    errorDetail: `${name} leads to an address that deliveries may not reach.`,
  });
  return delivery;
}

/** Sends until a delivery ends because its address is refused: a kept-alive connection may have served some before. */
function untilBlocked() {
  return waitUntil(
    async () =>
      merchant.until(
        await merchant.deliver('order.completed'),
        ({ completedAt }) => completedAt !== undefined,
      ),
    ({ reason }) => reason === 'blocked',
    30_000,
  );
}

describe('an address that is refused', () => {
  const refused = [
    ...Object.values(REFUSED_HOSTS)
      .flat()
      // The one network that is open in this test.
      .filter(
        (host) =>
          !URL.canParse(`http://${host}`) ||
          !/^(127\.0\.0\.1|\[::ffff:7f00:1\])$/.test(new URL(`http://${host}`).hostname),
      )
      .map((host) => [`http://${host}:8080/`, 'address_not_allowed']),
    ...MALFORMED_URLS.map((url) => [url, 'invalid_request']),
    ...REFUSED_PORTS.map((port) => [`http://${OPEN}:${port}/`, 'invalid_request']),
    ...['127.0.0.2.nip.io', 'localtest.me', 'internal.example', 'many.example'].map((name) => [
      `http://${name}:8080/`,
      'address_not_allowed',
    ]),
  ] as [string, string][];

  test('makes no endpoint, and takes no edit of one, however it is spelled', async () => {
    names
      .set('127.0.0.2.nip.io', [SHUT])
      .set('localtest.me', ['::1', SHUT])
      .set('internal.example', ['10.0.0.7']);
    names.set('many.example', [...Array(50).fill(OPEN), 'fd00::7']);
    const { id } = await endpointFor(at(OPEN));
    for (const [url, code] of refused) {
      const body = { url, profile: 'standard', events: ['*'] };
      for (const answered of [
        await merchant.call<Problem>('POST', '/endpoints', body),
        await merchant.call<Problem>('PATCH', `/endpoints/${id}`, { url }),
      ]) {
        expect(answered, url).toMatchObject({ status: 400, body: { code, errors: [{ pointer: '/url' }] } });
        expect(JSON.stringify(answered.body)).not.toMatch(/10\.0\.0\.7|fd00::7|::1"/);
      }
    }
    expect((await merchant.call<{ data: object[] }>('GET', '/endpoints')).body.data).toMatchObject([
      { id, url: at(OPEN) },
    ]);
  });

  test.each([
    ...[
      `http://${SHUT}`,
      'http://0',
      'http://[::1]',
      'http://localhost',
      'http://2130706434',
      'http://169.254.169.254',
    ],
    ...[
      'http://[fd00:ec2::254]',
      'http://metadata.google.internal',
      'http://[::127.0.0.1]',
      'https://10.0.0.1:5432',
    ],
    ...['ftp://hooks.example.com', 'https://user@hooks.example.com', 'nonsense'],
  ])('ends each kind of delivery if it stands in the database all the same: %s', async (origin) => {
    const { id } = await endpointFor(at(OPEN));
    const first = await merchant.deliver('order.completed');
    await merchant.until(first, 'succeeded', 30_000);
    const url = /^(https?):\/\/[^:@]*$/.test(origin) ? `${origin}:${open.port}/` : `${origin}/`;
    await database.query('update endpoints set url = $2 where id = $1', [id, url]);
    const resent = await merchant.command(first, 'resend');
    const tested = await merchant.call<{ deliveryId: string }>('POST', `/endpoints/${id}/test`, {});
    for (const deliveryId of [await merchant.deliver('order.completed'), resent.id, tested.body.deliveryId]) {
      const delivery = await merchant.until(deliveryId, 'failed', 30_000);
      expect(delivery).toMatchObject({ reason: 'blocked', attempts: [{ number: 1, error: 'blocked' }] });
      expect(delivery.attempts[0]).not.toHaveProperty('responseStatus');
    }
    expect(open.requests).toHaveLength(1);
  });
});

describe('a name that was allowed when its endpoint was made, and leads elsewhere', () => {
  test('at the first attempt', async () => {
    names.set('moved.example', [OPEN]);
    await endpointFor(at('moved.example'));
    names.set('moved.example', [SHUT]);
    await expectBlocked(await merchant.deliver('order.completed'), 'moved.example');
    expect(open.connections).toBe(0);
  });

  test('between two attempts', async () => {
    names.set('between.example', [OPEN]);
    await endpointFor(at('between.example'));
    open.script('*', answer(503, { close: true }));
    const id = await merchant.deliver('order.completed');
    await merchant.until(id, 'retrying', 30_000);
    names.set('between.example', [OPEN, SHUT]);
    await merchant.command(id, 'retry');
    const { attempts } = await expectBlocked(id, 'between.example');
    expect(attempts).toMatchObject([{ responseStatus: 503 }, { error: 'blocked' }]);
  });

  test('between two uses of a kept-alive connection: what was checked, or nothing', async () => {
    names.set('kept.example', [OPEN]);
    await endpointFor(at('kept.example'));
    await merchant.until(await merchant.deliver('order.completed'), 'succeeded', 30_000);
    names.set('kept.example', [SHUT]);
    await merchant.until(
      await merchant.deliver('order.completed'),
      ({ completedAt }) => completedAt !== undefined,
      30_000,
    );
    open.closeIdle();
    await untilBlocked();
    expect(open.connections).toBe(1);
  });

  test('at a test-send, and at a resend', async () => {
    names.set('again.example', [OPEN]);
    const { id } = await endpointFor(at('again.example'));
    open.script('*', answer(200, { close: true }));
    const first = await merchant.deliver('order.completed');
    await merchant.until(first, 'succeeded', 30_000);
    names.set('again.example', [SHUT]);
    const tested = await merchant.call<{ deliveryId: string }>('POST', `/endpoints/${id}/test`, {});
    await expectBlocked(tested.body.deliveryId, 'again.example');
    await expectBlocked((await merchant.command(first, 'resend')).id, 'again.example');
  });

  test('after its URL was edited during a sleep: the new one is judged and used', async () => {
    const { id } = await endpointFor(at(OPEN, '/before'));
    open.script('/before', 503);
    const [stays, moves] = [
      await merchant.deliver('order.completed'),
      await merchant.deliver('order.completed'),
    ];
    for (const delivery of [stays, moves]) await merchant.until(delivery, 'retrying', 30_000);
    names.set('edited.example', [OPEN]);
    await merchant.editEndpoint(id, { url: at('edited.example', '/after') });
    await merchant.command(stays, 'retry');
    await merchant.until(stays, 'succeeded', 30_000);
    expect(open.requests.map(({ path }) => path)).toEqual(['/before', '/before', '/after']);
    open.closeIdle();
    names.set('edited.example', [SHUT]);
    await merchant.command(moves, 'retry');
    await expectBlocked(moves, 'edited.example');
  });

  test('through a CNAME or a wildcard name: what counts is where it ends', async () => {
    names.set('127.0.0.1.nip.io', [OPEN]).set('www.shop.example', [OPEN]);
    await endpointFor(at('127.0.0.1.nip.io'));
    await merchant.until(await merchant.deliver('order.completed'), 'succeeded', 30_000);
    names.set('127.0.0.1.nip.io', ['::ffff:127.0.0.2']);
    open.closeIdle();
    await untilBlocked();
  });

  test.each([
    ['one refused of many', [...Array(60).fill(OPEN), '10.0.0.7']],
    ['IPv4-mapped', ['::ffff:127.0.0.2']],
    ['IPv4-compatible, as resolvers write it', ['::127.0.0.1']],
    ['with a zone', ['fe80::1%eth0']],
    ['no address at all in truth', ['localhost']],
    ['NAT64 beside it', [OPEN, '64:ff9b::7f00:1']],
  ])('%s', async (_, answers) => {
    names.set('answers.example', [OPEN]);
    await endpointFor(at('answers.example'));
    names.set('answers.example', answers);
    await expectBlocked(await merchant.deliver('order.completed'), 'answers.example');
    expect(open.connections).toBe(0);
  });
});

test('where a refused name led is told to the operator, and to nobody else', async () => {
  names.set('spy.example', [OPEN]);
  await endpointFor(at('spy.example'));
  names.set('spy.example', ['10.11.12.13']);
  const id = await merchant.deliver('order.completed');
  await expectBlocked(id, 'spy.example');
  const seen = await Promise.all(
    [`/deliveries/${id}`, `/deliveries/${id}/log`, '/deliveries', '/events', '/endpoints'].map((path) =>
      merchant.call('GET', path),
    ),
  );
  expect(JSON.stringify(seen)).not.toContain('10.11.12.13');
  const { rows } = await database.query('select * from attempts where delivery_id = $1', [id]);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('10.11.12.13');
  const history = await posthaste.client.workflow.getHandle(id).fetchHistory();
  const texts = JSON.stringify(history).replace(/"data":"([^"]+)"/g, (_, data) => atob(data));
  expect(texts).toContain('blocked');
  expect(texts).not.toContain('10.11.12.13');
  const line = logLines
    .map((text) => JSON.parse(text))
    .find(({ deliveryId, msg }) => deliveryId === id && msg === 'attempt');
  expect(line).toMatchObject({ error: 'blocked', refusedAddress: '10.11.12.13' });
});

describe('names that lead nowhere', () => {
  test('make an endpoint, for they may exist later, and are retried as dns', async () => {
    await endpointFor(at('later.example'));
    const id = await merchant.deliver('order.completed');
    expect(await merchant.until(id, 'retrying', 30_000)).toMatchObject({ attempts: [{ error: 'dns' }] });
    names.set('later.example', [OPEN]);
    await merchant.command(id, 'retry');
    await merchant.until(id, 'succeeded', 30_000);
  });

  test('and hang are given up within three seconds at creation, and within the deadline at an attempt', async () => {
    names.set('hanging.example', 'hang');
    const createdAt = Date.now();
    await endpointFor(at('hanging.example'), { timeoutMs: 1000 });
    expect(Date.now() - createdAt).toBeLessThan(10_000);
    const id = await merchant.deliver('order.completed');
    const { attempts } = await merchant.until(id, 'retrying', 30_000);
    expect(attempts).toMatchObject([
      { error: 'timeout', errorDetail: 'no answer within 1000 ms (resolving the name)' },
    ]);
    expect(attempts[0]?.durationMs).toBeLessThan(3000);
  });
});

test.each([300, 301, 302, 303, 304, 305, 306, 307, 308, 399])(
  'a %d is never followed, wherever it points, and is recorded with its Location',
  async (status) => {
    const locations = [
      `http://${SHUT}:${open.port}/x`,
      'http://169.254.169.254/',
      '/elsewhere',
      'file:///etc/passwd',
    ];
    for (const [n, location] of locations.entries())
      open.script(`/${n}`, answer(status, { headers: { Location: location } }));
    for (const n of locations.keys()) await endpointFor(at(OPEN, `/${n}`));
    const { deliveries } = await merchant.send('order.completed');
    const ended = await Promise.all(deliveries.map(({ id }) => merchant.until(id, 'retrying', 30_000)));
    const recorded = ended.map(({ attempts: [attempt] }) => [
      attempt?.error,
      attempt?.responseStatus,
      attempt?.responseHeaders?.location,
    ]);
    expect(recorded.sort()).toEqual(locations.map((location) => ['redirect', status, location]).sort());
    expect(open.requests.map(({ path }) => path).sort()).toEqual(['/0', '/1', '/2', '/3']);
  },
);
