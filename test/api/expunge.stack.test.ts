import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AcceptedEvent } from '../../src/api/event-contract.ts';
import type { Problem } from '../../src/api/problem.ts';
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
  await merchant.endpoint({ url: 'https://a.test/' });
});

const CARD = 'card-4242';
const sent = (more: object = {}) => merchant.send('x', { number: CARD }, more);
const expunge = <Body>(event: { id: string }, headers?: Record<string, string>) =>
  merchant.call<Body>('DELETE', `/events/${event.id}/payload`, undefined, headers);
const deliveryOf = ({ deliveries }: AcceptedEvent) => deliveries[0]?.id ?? '';

async function rows<Row>(sql: string, ...values: unknown[]): Promise<Row[]> {
  return (await served.pool.query(sql, values)).rows as Row[];
}

/** Claims the first attempt of a delivery, as a worker does before its POST. */
async function claimed(deliveryId: string): Promise<{ number: 1; try: 1; deliveryId: string }> {
  const answer = await served.writes.claim({ deliveryId, number: 1 });
  expect(answer.kind).toBe('claimed');
  return { number: 1, try: 1, deliveryId };
}

/** Writes down that the endpoint echoed what it got, with a status that ends the delivery. */
const recorded = (attempt: Awaited<ReturnType<typeof claimed>>) =>
  served.writes.record({
    ...attempt,
    durationMs: 3,
    responseStatus: 200,
    responseHeaders: { 'x-echo': CARD },
    responseBody: CARD,
    responseTruncated: false,
    step: {
      kind: 'settled',
      status: 'succeeded',
      attempt: { number: 1, startedAt: new Date().toISOString(), durationMs: 3, responseStatus: 200 },
    },
  });

/** Everything in the record that is the account's, as text. */
async function everything(): Promise<string> {
  const tables = ['events', 'deliveries', 'attempts', 'signals', 'audit_log', 'notices'];
  const texts = await Promise.all(
    tables.map((table) => rows(`select to_json(t) from ${table} t where account_id = $1`, merchant.id)),
  );
  return JSON.stringify(texts);
}

describe('an expunged payload', () => {
  it('is nowhere any more, and the event stays on record without it', async () => {
    const event = await sent();
    await recorded(await claimed(deliveryOf(event)));
    expect(await everything()).toContain(CARD);

    expect((await expunge(event)).status).toBe(204);
    expect(await everything()).not.toContain(CARD);
    const { body } = await merchant.call<Record<string, unknown>>('GET', `/events/${event.id}`);
    expect(body).toMatchObject({
      id: event.id,
      event: 'x',
      payloadExpungedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      deliveries: [{ id: deliveryOf(event), status: 'succeeded' }],
    });
    expect(body).not.toHaveProperty('data');
    const listed = await merchant.call<{ data: object[] }>('GET', '/events');
    expect(listed.body.data[0]).toHaveProperty('payloadExpungedAt', body.payloadExpungedAt);
    const [attempt] = (await merchant.delivery(deliveryOf(event))).attempts;
    expect(attempt).toMatchObject({ number: 1, responseStatus: 200 });
    expect(attempt).not.toHaveProperty('responseBody');
    expect(attempt).not.toHaveProperty('responseHeaders');
  });

  it('cannot be sent again', async () => {
    const event = await sent();
    await recorded(await claimed(deliveryOf(event)));
    await expunge(event);
    const { status, body } = await merchant.call<Problem>('POST', `/deliveries/${deliveryOf(event)}/resend`);
    expect([status, body.code]).toEqual([409, 'payload_expunged']);
  });

  it('is written down once, however often it is asked for', async () => {
    const event = await sent();
    const answers = await Promise.all([expunge(event), expunge(event), expunge(event)]);
    answers.push(await expunge(event));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    const audited = await rows(
      `select actor, target from audit_log where account_id = $1 and action = 'event.payload_expunged'`,
      merchant.id,
    );
    expect(audited).toEqual([{ actor: 'operator', target: event.id }]);
  });

  it('is still known by id, key and content', async () => {
    const key = { 'idempotency-key': 'k' };
    const content = { event: 'x', data: { number: CARD }, id: 'mine' };
    const first = await merchant.call<AcceptedEvent>('POST', '/events', content, key);
    await expunge(first.body);
    expect((await merchant.call('POST', '/events', content, key)).body).toEqual(first.body);
    const other = await merchant.call('POST', '/events', { ...content, data: {} }, key);
    expect(other.status).toBe(409);
    expect(await everything()).not.toContain(CARD);
  });
});

describe('expunging an event whose delivery', () => {
  it('waits, asks for its end in the name of who expunged', async () => {
    const key = await served.keyOf(merchant.id);
    const event = await sent({ deliverAt: new Date(Date.now() + 3_600_000).toISOString() });
    await expunge(event, { authorization: `Bearer ${key}` });
    const [signal] = await rows<{ args: { by: string } }>(
      'select account_id, name, args from signals where delivery_id = $1',
      deliveryOf(event),
    );
    const by = expect.stringMatching(/^key_/);
    expect(signal).toEqual({ account_id: merchant.id, name: 'cancel', args: { by } });
    const [audited] = await rows(
      'select actor from audit_log where target = $1 and action = $2',
      deliveryOf(event),
      'delivery.cancelled',
    );
    expect(audited).toEqual({ actor: signal?.args.by });
  });

  it('was never started, leaves nothing to POST', async () => {
    const event = await sent();
    await expunge(event);
    const answer = await served.writes.claim({ deliveryId: deliveryOf(event), number: 1 });
    expect(answer).toEqual({
      kind: 'step',
      step: { kind: 'settled', status: 'failed', reason: 'payload_expunged' },
    });
    expect(await merchant.delivery(deliveryOf(event))).toMatchObject({
      status: 'failed',
      reason: 'payload_expunged',
    });
  });

  it('is being attempted, lets it end and does not keep the answer', async () => {
    const event = await sent();
    const attempt = await claimed(deliveryOf(event));
    await expunge(event);
    await recorded(attempt);
    expect(await merchant.delivery(deliveryOf(event))).toMatchObject({
      status: 'succeeded',
      attempts: [{ responseStatus: 200 }],
    });
    expect(await everything()).not.toContain(CARD);
  });

  it('is recorded at the same moment, keeps the answer in neither order', async () => {
    const events = await Promise.all(Array.from({ length: 20 }, () => sent()));
    const attempts = await Promise.all(events.map((event) => claimed(deliveryOf(event))));
    await Promise.all([...attempts.map(recorded), ...events.map((event) => expunge(event))]);
    expect(await everything()).not.toContain(CARD);
    for (const event of events)
      expect(await merchant.delivery(deliveryOf(event))).toMatchObject({ status: 'succeeded' });
  });

  it('is resent at the same moment, does one of both, or both', async () => {
    for (let round = 0; round < 10; round++) {
      const event = await sent();
      await recorded(await claimed(deliveryOf(event)));
      const [resent, expunged] = await Promise.all([
        merchant.call<Problem & { id: string }>('POST', `/deliveries/${deliveryOf(event)}/resend`),
        expunge(event),
      ]);
      expect(expunged.status).toBe(204);
      if (resent.status === 202) {
        // It was first: then it has been asked to stop.
        const signals = await rows('select from signals where delivery_id = $1', resent.body.id);
        expect(signals).toHaveLength(1);
      } else expect([resent.status, resent.body.code]).toEqual([409, 'payload_expunged']);
    }
  });
});

it('an event that is not there, or is another account’s, is a 404 and stays as it is', async () => {
  const event = await sent();
  const stranger = await openAccount(served);
  expect((await stranger.call('DELETE', `/events/${event.id}/payload`)).status).toBe(404);
  const key = await served.keyOf(stranger.id);
  expect((await expunge(event, { authorization: `Bearer ${key}` })).status).toBe(404);
  expect((await expunge({ id: 'evt_none' })).status).toBe(404);
  const reader = await served.keyOf(merchant.id, ['read']);
  expect((await expunge(event, { authorization: `Bearer ${reader}` })).status).toBe(403);
  expect(await everything()).toContain(CARD);
});

describe('an account’s retention', () => {
  const put = (body: object) => merchant.call<Problem>('PUT', '', body);

  it('is the operator’s default until it asks for its own', async () => {
    expect((await merchant.call('GET', '')).body).toMatchObject({
      retentionDays: 90,
      payloadRetentionDays: 30,
    });
    const own = { retentionDays: 10, payloadRetentionDays: 0 };
    expect(await put({ name: 'Shop', ...own })).toMatchObject({ status: 200, body: own });
    expect((await put({})).body).toMatchObject({ name: 'Shop', ...own });
    expect((await put({ payloadRetentionDays: null })).body).toMatchObject({
      name: 'Shop',
      retentionDays: 10,
      payloadRetentionDays: 10,
    });
    expect((await put({ retentionDays: null })).body).toMatchObject({
      retentionDays: 90,
      payloadRetentionDays: 30,
    });
    const audited = await rows<{ details: object }>(
      `select details from audit_log where account_id = $1 and action = 'account.updated' order by id`,
      merchant.id,
    );
    expect(audited).toHaveLength(3);
    expect(audited[0]?.details).toEqual({ name: 'Shop', ...own });
  });

  it.each([
    [{ retentionDays: 0 }, '/retentionDays'],
    [{ retentionDays: 3651 }, '/retentionDays'],
    [{ retentionDays: 1.5 }, '/retentionDays'],
    [{ payloadRetentionDays: -1 }, '/payloadRetentionDays'],
    [{ payloadRetentionDays: 91 }, '/payloadRetentionDays'],
    [{ retentionDays: 5, payloadRetentionDays: 6 }, '/payloadRetentionDays'],
  ])('of %j is a 400', async (body, pointer) => {
    const answer = await put(body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    expect((await merchant.call('GET', '')).body).toMatchObject({ retentionDays: 90 });
  });

  it('cannot be made shorter than its own for payloads', async () => {
    await put({ payloadRetentionDays: 60 });
    const { status, body } = await put({ retentionDays: 59 });
    expect([status, body.errors?.[0]?.pointer]).toEqual([400, '/retentionDays']);
    expect((await put({ retentionDays: 60 })).status).toBe(200);
  });
});
