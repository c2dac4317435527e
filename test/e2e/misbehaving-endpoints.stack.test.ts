import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonSchemaOf } from '../../src/profiles/catalogue/index.ts';
import { type Endpoint, type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

const DEADLINE_MS = 30_000;

let posthaste: Posthaste;
let receiver: Receiver;
let database: pg.Pool;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste({ disableAfterHours: 120 }), startReceiver()]);
  database = new pg.Pool({ connectionString: posthaste.databaseUrl, max: 2 });
});
afterAll(async () => {
  await database.end();
  await posthaste.stop();
  await receiver.close();
});

interface OperationalEvent {
  id: string;
  type: string;
  timestamp: string;
  data: { endpointId: string } & Record<string, unknown>;
}

const ajv = new Ajv2020();
ajvFormats.default(ajv);

/** What arrived at a path, each verified with the endpoint's secret and held against the schema of its type. */
function arrived(path: string, secret: string): OperationalEvent[] {
  return receiver.requests
    .filter((request) => request.path === path)
    .map(({ body, headers }) => {
      const event = new Webhook(secret).verify(body, headers) as OperationalEvent;
      const schema = jsonSchemaOf(event.type) ?? {};
      expect(ajv.validate(schema, event.data), JSON.stringify([event, ajv.errors])).toBe(true);
      // Nothing besides what is documented.
      expect(Object.keys(schema.properties ?? {})).toEqual(expect.arrayContaining(Object.keys(event.data)));
      return event;
    });
}

interface Stage {
  merchant: Merchant;
  /** Misbehaves as it was scripted. */
  shaky: Endpoint;
  /** Asks for operational events, and gets these. */
  told(): OperationalEvent[];
  untilTold(...types: string[]): Promise<OperationalEvent[]>;
}

/** An account with an endpoint that answers as scripted, and one that asks for operational events. */
async function stage(steps: number[], fields: object = {}): Promise<Stage> {
  const merchant = await openAccount(posthaste);
  const [path, watchPath] = [`/${merchant.id}/shaky`, `/${merchant.id}/watch`];
  receiver.script(path, ...steps);
  const shaky = await merchant.endpoint({
    url: receiver.url(path),
    events: ['order.*'],
    retrySchedule: [1, 1, 1, 1],
    ...fields,
  });
  const { secret } = await merchant.endpoint({
    url: receiver.url(watchPath),
    events: ['endpoint.*', 'delivery.exhausted'],
  });
  const told = () => arrived(watchPath, secret);
  return {
    merchant,
    shaky,
    told,
    untilTold: (...types) =>
      waitUntil(
        told,
        (events) => types.every((type) => events.some((event) => event.type === type)),
        DEADLINE_MS,
      ),
  };
}

/** The operational events of an account by type, whoever got them, once there is nothing left to tell. */
async function eventsOf(merchant: Merchant): Promise<string[]> {
  await waitUntil(
    async () => (await database.query('select 1 from notices where account_id = $1', [merchant.id])).rowCount,
    (rows) => rows === 0,
    DEADLINE_MS,
  );
  const { rows } = await database.query<{ type: string }>(
    `select type from events where account_id = $1 and (type like 'endpoint.%' or type like 'delivery.%') order by type`,
    [merchant.id],
  );
  return rows.map(({ type }) => type);
}

/** As if an endpoint had begun to fail so long ago, and the duty that looks for such came round. */
async function failingSince(endpointId: string, interval: string): Promise<void> {
  const moved = await database.query(
    'update endpoint_health set failing_since = now() - $2::interval where endpoint_id = $1',
    [endpointId, interval],
  );
  expect(moved.rowCount).toBe(1);
  await database.query(`update duties set due_at = now() where name = 'failing-endpoints'`);
}

describe.concurrent('an endpoint that misbehaves', () => {
  test('is told of after the fourth failed attempt, and when it has recovered; each once, signed', async () => {
    const { merchant, shaky, untilTold, told } = await stage([500, 500, 500, 500, 200]);
    const deliveryId = await merchant.deliver('order.completed');
    await merchant.until(deliveryId, ({ attemptCount }) => attemptCount >= 1, DEADLINE_MS);
    const { failingSince: since, lastFailureAt } = await merchant.showEndpoint(shaky.id);
    expect(Date.now() - Date.parse(since ?? '')).toBeLessThan(DEADLINE_MS);
    expect(lastFailureAt).toBe(since);

    const { eventId } = await merchant.until(deliveryId, 'succeeded', DEADLINE_MS);
    await untilTold('endpoint.failing', 'endpoint.recovered');
    expect(await merchant.showEndpoint(shaky.id)).not.toHaveProperty('failingSince');
    expect(await eventsOf(merchant)).toEqual(['endpoint.failing', 'endpoint.recovered']);
    const about = { endpointId: shaky.id, since, deliveryId, eventId, event: 'order.completed' };
    expect(told().toSorted((a, b) => (a.type < b.type ? -1 : 1))).toMatchObject([
      {
        type: 'endpoint.failing',
        data: { ...about, attempt: 4, responseStatus: 500, error: 'server_error' },
      },
      { type: 'endpoint.recovered', data: { ...about, attempt: 5, responseStatus: 200 } },
    ]);
    // When it happened, not when it was told.
    const { attempts } = await merchant.delivery(deliveryId);
    for (const { data, timestamp } of told()) {
      const attempt = attempts[Number(data.attempt) - 1];
      const afterMs = Date.parse(timestamp) - Date.parse(attempt?.startedAt ?? '');
      expect(afterMs).toBeGreaterThanOrEqual(0);
      expect(afterMs).toBeLessThan((attempt?.durationMs ?? 0) + 5000);
    }
  });

  test('and whose deliveries are exhausted is told of once, its deliveries each', async () => {
    const { merchant, shaky, untilTold } = await stage([503], { retrySchedule: [1, 1, 1] });
    const first = await merchant.deliver('order.completed');
    await merchant.until(first, 'failed', DEADLINE_MS);
    const second = await merchant.deliver('order.refunded');
    await merchant.until(second, 'failed', DEADLINE_MS);
    expect(await eventsOf(merchant)).toEqual([
      'delivery.exhausted',
      'delivery.exhausted',
      'endpoint.failing',
    ]);
    const told = await waitUntil(
      () => untilTold('endpoint.failing', 'delivery.exhausted'),
      ({ length }) => length >= 3,
      DEADLINE_MS,
    );
    const exhausted = told.filter(({ type }) => type === 'delivery.exhausted').map(({ data }) => data);
    expect(exhausted).toEqual(
      expect.arrayContaining(
        [first, second].map((deliveryId) =>
          expect.objectContaining({ endpointId: shaky.id, deliveryId, attempt: 4, responseStatus: 503 }),
        ),
      ),
    );
  });

  test('for five days is disabled and told of; resumed, it begins anew and gets what was held', async () => {
    const { merchant, shaky, untilTold, told } = await stage([500, 200], { retrySchedule: [3600] });
    const failed = await merchant.deliver('order.completed');
    await merchant.until(failed, 'retrying', DEADLINE_MS);
    await failingSince(shaky.id, '120 hours');
    const [event] = await untilTold('endpoint.disabled');
    const disabled = await merchant.showEndpoint(shaky.id);
    expect(disabled).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
    expect(event?.data).toEqual({
      endpointId: shaky.id,
      reason: 'failing',
      since: disabled.failingSince,
      lastFailureAt: disabled.lastFailureAt,
    });

    const held = await merchant.deliver('order.completed');
    await merchant.until(held, 'held', DEADLINE_MS);
    await merchant.resume(shaky.id);
    const resumed = await merchant.showEndpoint(shaky.id);
    expect(resumed.status).toBe('active');
    expect(resumed).not.toHaveProperty('disabledReason');
    expect(resumed).not.toHaveProperty('failingSince');
    await merchant.until(held, 'succeeded', DEADLINE_MS);
    expect(await eventsOf(merchant)).toEqual(['endpoint.disabled']);
    expect(told()).toHaveLength(1);
  });

  test('is not disabled a minute before, and a new URL begins a new streak', async () => {
    const { merchant, shaky } = await stage([500], { retrySchedule: [3600] });
    await merchant.until(await merchant.deliver('order.completed'), 'retrying', DEADLINE_MS);
    await failingSince(shaky.id, '119 hours 59 minutes');
    // Another has gone over the limit: when it is disabled, the duty has come round.
    const other = await stage([500], { retrySchedule: [3600] });
    await other.merchant.until(await other.merchant.deliver('order.completed'), 'retrying', DEADLINE_MS);
    await failingSince(other.shaky.id, '121 hours');
    await other.untilTold('endpoint.disabled');
    expect(await merchant.showEndpoint(shaky.id)).toMatchObject({ status: 'active' });
    const { url, failingSince: since } = await merchant.showEndpoint(shaky.id);
    expect(since).toBeDefined();
    expect(await merchant.editEndpoint(shaky.id, { url, description: 'same' })).toHaveProperty(
      'failingSince',
      since,
    );
    const moved = await merchant.editEndpoint(shaky.id, { url: `${url}/new` });
    expect(moved).not.toHaveProperty('failingSince');
  });

  test('and answers 410 is told of', async () => {
    const { merchant, shaky, untilTold } = await stage([410]);
    const deliveryId = await merchant.deliver('order.completed');
    const [event] = await untilTold('endpoint.disabled');
    expect(event?.data).toMatchObject({
      endpointId: shaky.id,
      reason: 'gone',
      deliveryId,
      responseStatus: 410,
      error: 'rejected',
    });
    expect(await eventsOf(merchant)).toEqual(['endpoint.disabled']);
  });
});

describe.concurrent('operational events', () => {
  test('go to those that name them and not to whoever wants everything, nor to the endpoint they are about', async () => {
    const all = ['*', 'endpoint.failing', 'delivery.*'];
    const { merchant, shaky, untilTold } = await stage([500], { retrySchedule: [1, 1, 1], events: all });
    const everything = await merchant.endpoint({ url: receiver.url(`/${merchant.id}/all`), events: ['*'] });
    const { deliveries } = await merchant.send('order.completed');
    const toShaky = deliveries.find(({ endpointId }) => endpointId === shaky.id)?.id ?? '';
    await merchant.until(toShaky, 'failed', DEADLINE_MS);
    await untilTold('endpoint.failing', 'delivery.exhausted');
    expect(await eventsOf(merchant)).toEqual(['delivery.exhausted', 'endpoint.failing']);
    const { rows } = await database.query<{ event_type: string; endpoint_id: string }>(
      'select event_type, endpoint_id from deliveries where account_id = $1',
      [merchant.id],
    );
    const typesTo = (endpoint: Endpoint) =>
      rows.filter(({ endpoint_id: id }) => id === endpoint.id).map(({ event_type: type }) => type);
    expect(typesTo(shaky)).toEqual(['order.completed']);
    expect(typesTo(everything)).toEqual(['order.completed']);
    expect(rows).toHaveLength(4);
  });

  test('whose own deliveries fail make no others', async () => {
    const { merchant } = await stage([500], { retrySchedule: [1, 1, 1] });
    const path = `/${merchant.id}/broken`;
    receiver.script(path, 500);
    const broken = await merchant.endpoint({
      url: receiver.url(path),
      events: ['endpoint.*', 'delivery.*'],
      retrySchedule: [1, 1, 1],
    });
    const first = await merchant.deliver('order.completed');
    await merchant.until(first, 'failed', DEADLINE_MS);
    const failed = await waitUntil(
      async () => {
        const { rows } = await database.query<{ status: string; attempt_count: number }>(
          'select status, attempt_count from deliveries where endpoint_id = $1',
          [broken.id],
        );
        return rows;
      },
      (rows) => rows.length === 2 && rows.every(({ status }) => status === 'failed'),
      DEADLINE_MS,
    );
    expect(failed.map(({ attempt_count: count }) => count)).toEqual([4, 4]);
    expect(await eventsOf(merchant)).toEqual(['delivery.exhausted', 'endpoint.failing']);
    // It fails all the same, and the answer says so.
    expect(await merchant.showEndpoint(broken.id)).toHaveProperty('failingSince');
  });
});
