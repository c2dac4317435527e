import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AcceptedEvent } from '../../src/api/event-contract.ts';
import type { Problem } from '../../src/api/problem.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type ServedApi, serveApi } from './served-api.ts';

let served: ServedApi;
let merchant: Merchant;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());
beforeEach(async () => {
  merchant = await openAccount(served);
});

const post = <Body = AcceptedEvent>(body: unknown, headers?: Record<string, string>) =>
  merchant.call<Body>('POST', '/events', body, headers);
const count = async (table: 'events' | 'deliveries') =>
  (await served.pool.query(`select from ${table} where account_id = $1`, [merchant.id])).rowCount;
const storedData = async (id: string) =>
  (await served.pool.query('select data from events where account_id = $1 and id = $2', [merchant.id, id]))
    .rows[0]?.data as string;

const order = { event: 'order.completed', data: sampleOf('order.completed') };

describe('an accepted event', () => {
  it('is answered with a delivery for each endpoint that subscribes, and these are started', async () => {
    const selgora = await merchant.endpoint({
      url: 'https://a.test/',
      profile: 'selgora',
      events: ['order.*'],
    });
    const standard = await merchant.endpoint({ url: 'https://b.test/', profile: 'standard', events: ['*'] });
    await merchant.endpoint({ url: 'https://c.test/', profile: 'selz', events: ['*'] });
    const { status, body } = await post(order);
    expect(status).toBe(202);
    expect(body).toEqual({
      id: expect.stringMatching(/^evt_/),
      event: 'order.completed',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      deliveries: expect.any(Array),
    });
    expect(body.deliveries.map(({ endpointId }) => endpointId).sort()).toEqual(
      [selgora.id, standard.id].sort(),
    );
    for (const { id, workflowId } of body.deliveries) {
      expect(workflowId).toBe(id);
      expect(served.workflows.offered).toContainEqual(
        expect.objectContaining({ id, accountId: merchant.id, eventType: 'order.completed' }),
      );
    }
  });

  it('that nobody subscribes to is stored and has no deliveries', async () => {
    const { status, body } = await post({ event: 'anything.at_all-1', data: {} });
    expect([status, body.deliveries]).toEqual([202, []]);
    expect(await count('events')).toBe(1);
  });

  it('keeps the id and time that the caller gave it', async () => {
    const { body } = await post({
      event: 'x',
      data: {},
      id: 'my-1_A',
      createdAt: '2026-01-02T03:04:05.678+02:00',
    });
    expect(body).toMatchObject({ id: 'my-1_A', createdAt: '2026-01-02T01:04:05.678Z' });
  });

  it('is stored as JSON.stringify writes it, with nothing lost', async () => {
    const text =
      '{"event":"x","id":"exact","data": {"b":1.0, "10":2e2, "2":{"__proto__":{"p":1}}, "é":"\\u00e9\\ud83d\\ude00"}}';
    expect((await post(text)).status).toBe(202);
    expect(await storedData('exact')).toBe('{"2":{"__proto__":{"p":1}},"10":200,"b":1,"é":"é😀"}');
    expect(({} as { p?: unknown }).p).toBeUndefined();
    const top = '{"event":"x","id":"top","data":{"__proto__":{"p":1},"constructor":{"prototype":2}}}';
    expect((await post(top)).status).toBe(202);
    expect(await storedData('top')).toBe('{"__proto__":{"p":1},"constructor":{"prototype":2}}');
  });

  it('waits for deliverAt, unless that is past', async () => {
    const endpoint = await merchant.endpoint({ url: 'https://a.test/' });
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const later = await post({ event: 'x', data: {}, deliverAt: ahead });
    const now = await post({ event: 'x', data: {}, deliverAt: '2020-01-01T00:00:00Z' });
    const [first] = later.body.deliveries;
    const [second] = now.body.deliveries;
    expect(await merchant.delivery(first?.id ?? '')).toMatchObject({
      endpointId: endpoint.id,
      status: 'pending',
      nextAttemptAt: ahead,
    });
    expect(await merchant.delivery(second?.id ?? '')).not.toHaveProperty('nextAttemptAt');
  });
});

describe('a repeat', () => {
  it.each([
    ['the same id', { id: 'evt-1' }, {}],
    ['the same key', {}, { 'idempotency-key': 'key-1' }],
    ['both', { id: 'evt-1' }, { 'idempotency-key': 'key-1' }],
  ])('with %s and content gets the same answer and sends nothing twice', async (_name, id, headers) => {
    await merchant.endpoint({ url: 'https://a.test/' });
    const first = await post({ ...order, ...id }, headers);
    const offered = served.workflows.offered.length;
    const again = await post(
      { ...id, data: Object.fromEntries(Object.entries(order.data ?? {}).reverse()), event: order.event },
      headers,
    );
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    expect(served.workflows.offered.length).toBe(offered);
    expect([await count('events'), await count('deliveries')]).toEqual([1, 1]);
  });

  it.each([
    ['data', { data: { a: 2 } }],
    ['event', { event: 'y' }],
    ['createdAt', { createdAt: '2026-01-01T00:00:00Z' }],
    ['deliverAt', { deliverAt: '2026-01-01T00:00:00Z' }],
  ])('with other %s is a 409', async (_name, other) => {
    const headers = { 'idempotency-key': 'key' };
    expect((await post({ event: 'x', data: { a: 1 } }, headers)).status).toBe(202);
    const { status, body } = await post<Problem>({ event: 'x', data: { a: 1 }, ...other }, headers);
    expect([status, body.code]).toEqual([409, 'idempotency_conflict']);
    expect(await count('events')).toBe(1);
  });

  it('50 times at once makes one event', async () => {
    await merchant.endpoint({ url: 'https://a.test/' });
    const headers = { 'idempotency-key': 'at-once' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(order, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect([await count('events'), await count('deliveries')]).toEqual([1, 1]);
  });

  it('of another account is another event', async () => {
    const headers = { 'idempotency-key': 'key' };
    const first = await post({ event: 'x', data: {}, id: 'one' }, headers);
    const other = await openAccount(served);
    const second = await other.call('POST', '/events', { event: 'x', data: { b: 1 }, id: 'one' }, headers);
    expect([first.status, second.status]).toEqual([202, 202]);
  });
});

describe('a wrong event is refused, its fault named, and nothing stored:', () => {
  it.each<[string, unknown, number, string, string[]]>([
    ['no data', { event: 'x' }, 400, 'invalid_request', ['/data']],
    ['data that is an array', { event: 'x', data: [] }, 400, 'invalid_request', ['/data']],
    ['data that is null', { event: 'x', data: null }, 400, 'invalid_request', ['/data']],
    ['a type with a space', { event: 'a b', data: {} }, 400, 'invalid_request', ['/event']],
    ['a type too long', { event: 'x'.repeat(129), data: {} }, 400, 'invalid_request', ['/event']],
    ['an id with a dot', { event: 'x', data: {}, id: 'a.b' }, 400, 'invalid_request', ['/id']],
    [
      'a time without offset',
      { event: 'x', data: {}, createdAt: '2026-01-01T00:00:00' },
      400,
      'invalid_request',
      ['/createdAt'],
    ],
    [
      'a time long ago',
      { event: 'x', data: {}, createdAt: '0000-01-01T00:00:00+01:00' },
      400,
      'invalid_request',
      ['/createdAt'],
    ],
    [
      'a time far ahead',
      { event: 'x', data: {}, createdAt: '9999-12-31T23:59:59Z' },
      400,
      'invalid_request',
      ['/createdAt'],
    ],
    [
      '31 days ahead',
      { event: 'x', data: {}, deliverAt: new Date(Date.now() + 31 * 86_400_000).toISOString() },
      400,
      'invalid_request',
      ['/deliverAt'],
    ],
    ['an unknown field', { event: 'x', data: {}, payload: {} }, 400, 'invalid_request', ['/payload']],
    [
      'a number beyond doubles',
      '{"event":"x","data":{"a":[9007199254740993]}}',
      422,
      'number_not_exact',
      ['/data/a/0'],
    ],
    ['an infinite number', '{"event":"x","data":{"a/b":1e400}}', 422, 'number_not_exact', ['/data/a~1b']],
    ['a member twice', '{"event":"x","data":{"a":1,"a":2}}', 422, 'duplicate_key', ['/data/a']],
    ['a field twice', '{"event":"x","data":{},"data":{}}', 422, 'duplicate_key', ['/data']],
    [
      'too many levels',
      `{"event":"x","data":${'{"a":'.repeat(64)}{}${'}'.repeat(64)}}`,
      422,
      'nested_too_deep',
      [`/data${'/a'.repeat(64)}`],
    ],
    [
      'catalogue data without a field',
      { event: 'order_completed', data: {} },
      422,
      'invalid_event_data',
      ['/data/id'],
    ],
  ])('%s', async (_name, body, status, code, pointers) => {
    const answer = await post<Problem>(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.errors?.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(pointers));
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await count('events')).toBe(0);
  });

  it('64 levels of data still pass', async () => {
    const data = `${'{"a":'.repeat(63)}{}${'}'.repeat(63)}`;
    expect((await post(`{"event":"x","data":${data}}`)).status).toBe(202);
  });

  it.each([' ', 'a b', 'é', 'x'.repeat(256)])('the idempotency key %j', async (key) => {
    const { status, body } = await post<Problem>({ event: 'x', data: {} }, { 'idempotency-key': key });
    expect([status, body.errors?.[0]?.parameter]).toEqual([400, 'Idempotency-Key']);
  });

  it('an unknown account is a 404', async () => {
    expect(
      (await served.api.call('POST', '/v1/accounts/nobody/events', { event: 'x', data: {} })).status,
    ).toBe(404);
  });

  it('more than 256 kB is a 413', async () => {
    const { status } = await post<Problem>({ event: 'x', data: { a: 'x'.repeat(256 * 1024) } });
    expect(status).toBe(413);
  });
});

describe('a batch', () => {
  type Results = { results: ((AcceptedEvent | Problem) & { status: number })[] };
  const batch = (events: unknown, headers?: Record<string, string>) =>
    merchant.call<Results>(
      'POST',
      '/events/batch',
      typeof events === 'string' ? events : { events },
      headers,
    );

  it('answers for each event in order, and one bad event hurts no other', async () => {
    const endpoint = await merchant.endpoint({ url: 'https://a.test/' });
    const text = `{"events":[{"event":"x","data":{"n":1}},{"event":"x","data":{"n":1e400}},{"event":"order.completed","data":{}},
      {"event":"x","data":{"n":1,"n":2}},7,{"event":"x","data":{"n":2},"id":"same"},{"event":"x","data":{"n":3},"id":"same"},
      {"event":"x","data":${'['.repeat(70)}${']'.repeat(70)}},{"event":"x","data":{"n":4}}]}`;
    const { status, body } = await batch(text);
    expect(status).toBe(207);
    expect(
      body.results.map((result) => ('code' in result ? [result.status, result.code] : [result.status])),
    ).toEqual([
      [202],
      [422, 'number_not_exact'],
      [422, 'invalid_event_data'],
      [422, 'duplicate_key'],
      [400, 'invalid_request'],
      [202],
      [409, 'idempotency_conflict'],
      [400, 'invalid_request'],
      [202],
    ]);
    expect(body.results[1]).toMatchObject({ errors: [{ pointer: '/data/n' }] });
    expect(body.results[0]).toMatchObject({ event: 'x', deliveries: [{ endpointId: endpoint.id }] });
    expect([await count('events'), await count('deliveries')]).toEqual([3, 3]);
  });

  it('sent again with its key sends nothing twice', async () => {
    await merchant.endpoint({ url: 'https://a.test/' });
    const events = [1, 2, 3].map((n) => ({ event: 'x', data: { n } }));
    const first = await batch(events, { 'idempotency-key': 'batch' });
    expect((await batch(events, { 'idempotency-key': 'batch' })).body).toEqual(first.body);
    expect([await count('events'), await count('deliveries')]).toEqual([3, 3]);
  });

  it('takes 500 events', async () => {
    const events = Array.from({ length: 500 }, (_, n) => ({ event: 'x', data: { n } }));
    const { body } = await batch(events);
    expect(body.results.filter(({ status }) => status === 202)).toHaveLength(500);
    expect(await count('events')).toBe(500);
  });

  it.each<[string, unknown, number]>([
    ['no array', {}, 400],
    ['no events', [], 400],
    ['501 events', Array(501).fill({ event: 'x', data: {} }), 400],
    ['its events twice', '{"events":[{"event":"x","data":{}}],"events":[{"event":"x","data":{}}]}', 422],
  ])('with %s is refused as a whole', async (_name, events, status) => {
    expect((await batch(events)).status).toBe(status);
    expect(await count('events')).toBe(0);
  });
});

describe('reading events', () => {
  type Listed = { data: { id: string }[]; nextCursor: string | null };
  const list = (query: string) => merchant.call<Listed>('GET', `/events${query}`);

  it('pages through all of them, newest first, each once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await post({ event: 'x', data: { n } })).body.id);
    await merchant.call('POST', '/events/batch', { events: Array(4).fill({ event: 'y', data: {} }) });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { status, body }: { status: number; body: Listed } = await list(
        `?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      expect(status).toBe(200);
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    expect(seen.slice(4)).toEqual(ids);
  });

  it('narrows by type and time', async () => {
    await post({ event: 'x', data: {} });
    await post({ event: 'y', data: {} });
    expect((await list('?event=x')).body.data).toHaveLength(1);
    expect((await list('?since=2100-01-01T00:00:00Z')).body.data).toHaveLength(0);
    expect((await list('?since=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z')).body.data).toHaveLength(2);
    for (const wrong of [
      '?event=a b',
      '?since=yesterday',
      '?limit=0',
      '?limit=251',
      '?cursor=zzz',
      '?what=1',
    ]) {
      expect([wrong, (await list(wrong)).status]).toEqual([wrong, 400]);
    }
  });

  it('shows one with its data and deliveries, to its own account only', async () => {
    const endpoint = await merchant.endpoint({ url: 'https://a.test/' });
    const { body: sent } = await post({ event: 'x', data: { a: { b: [1, null] } } });
    const { body } = await merchant.call('GET', `/events/${sent.id}`);
    expect(body).toEqual({
      id: sent.id,
      event: 'x',
      createdAt: sent.createdAt,
      acceptedAt: expect.any(String),
      data: { a: { b: [1, null] } },
      deliveries: [
        {
          id: sent.deliveries[0]?.id,
          workflowId: sent.deliveries[0]?.id,
          endpointId: endpoint.id,
          status: 'pending',
          attemptCount: 0,
        },
      ],
    });
    const { data, ...listed } = body as Record<string, unknown>;
    expect((await list('')).body.data).toEqual([listed]);
    const stranger = await openAccount(served);
    expect((await stranger.call('GET', `/events/${sent.id}`)).status).toBe(404);
    const key = await served.keyOf(stranger.id);
    const foreign = await merchant.call('GET', `/events/${sent.id}`, undefined, {
      authorization: `Bearer ${key}`,
    });
    expect(foreign.status).toBe(404);
  });
});

describe('a check of an event', () => {
  const check = (body: unknown) => merchant.call<Problem>('POST', '/events/check', body);

  it('stores and sends nothing of one that fits', async () => {
    await merchant.endpoint({ url: 'https://a.test/' });
    const offered = served.workflows.offered.length;
    expect(await check({ ...order, id: 'mine' })).toMatchObject({ status: 204, body: undefined });
    expect([await count('events'), await count('deliveries')]).toEqual([0, 0]);
    expect(served.workflows.offered).toHaveLength(offered);
  });

  it.each([
    [{ event: 'order.completed', data: {} }],
    [{ event: 'order.completed', data: 7 }],
    [{ event: 'endpoint.failing', data: {} }],
    ['{"event":"free","data":{"a":12345678901234567890}}'],
    ['{"event":"free","data":{"a":1,"a":2}}'],
  ])('says of %j what sending it would say', async (body) => {
    const [checked, sent] = [await check(body), await post<Problem>(body)];
    expect(checked.status).toBe(sent.status);
    expect(checked.status).toBeGreaterThanOrEqual(400);
    const { requestId: _, ...said } = checked.body;
    expect(sent.body).toMatchObject(said);
  });

  it('looks at the schemas of one’s own', async () => {
    await merchant.call('PUT', '/event-types/mine', { schema: { required: ['a'] } });
    const { status, body } = await check({ event: 'mine', data: {} });
    expect([status, body.errors]).toEqual([422, [{ pointer: '/data/a', detail: 'Required.' }]]);
  });
});
