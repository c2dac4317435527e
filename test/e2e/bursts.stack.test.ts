import { WorkflowNotFoundError } from '@temporalio/client';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createDeliveryWrites } from '../../src/db/delivery-writes.ts';
import { createPool } from '../../src/db/pool.ts';
import type { LogEntry } from '../../src/domain/story.ts';
import { DeliveryIds } from '../../workflows/messages.ts';
import { timersOf, workflowEnded } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { reconcilerOf } from '../support/reconciler.ts';
import { answer, hang } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import * as one from './one-delivery.ts';

/** Longer than anything here takes on a busy machine. */
const PATIENCE_MS = 30_000;
/** Long enough for something to happen during an attempt. */
const THINKING_MS = 3000;

let posthaste: Posthaste;
/** The same, where each of these deliveries has a workflow of its own. */
let oneByOne: Posthaste;
let receiver: Receiver;
let pool: Pool;

beforeAll(async () => {
  [posthaste, oneByOne, receiver] = await Promise.all([
    startPosthaste({ bursts: 'always' }),
    startPosthaste({ bursts: 'off' }),
    startReceiver(),
  ]);
  pool = createPool(posthaste.databaseUrl, () => undefined);
});
afterAll(async () => {
  await pool.end();
  await posthaste.stop();
  await oneByOne.stop();
  await receiver.close();
});

type Sent = Awaited<ReturnType<typeof one.sent>>;

const sent = (...steps: Parameters<typeof one.sent>[1]) => one.sent({ posthaste, receiver }, steps);
const asleep = (...steps: Parameters<typeof one.sent>[1]) => one.asleep({ posthaste, receiver }, steps);

/** A merchant whose endpoints, at these paths below the account's, are all subscribed to everything. */
async function shopWith(paths: readonly string[], fields: object = {}) {
  const merchant = await openAccount(posthaste);
  const pathOf = (name: string) => `/${merchant.id}/${name}`;
  const endpoints: Record<string, string> = {};
  for (const name of paths) {
    const { id } = await merchant.endpoint({ url: receiver.url(pathOf(name)), ...fields });
    endpoints[name] = id;
  }
  return {
    merchant,
    endpoints,
    script: (name: string, ...steps: Parameters<typeof one.sent>[1]) =>
      receiver.script(pathOf(name), ...steps),
    requestsTo: (name: string) => receiver.requests.filter(({ path }) => path === pathOf(name)),
    /** Sends an event. @returns its deliveries, by the paths of their endpoints */
    async send() {
      const { deliveries } = await merchant.send('order.completed');
      return Object.fromEntries(
        paths.map((name) => [
          name,
          deliveries.find(({ endpointId }) => endpointId === endpoints[name])?.id ?? '',
        ]),
      );
    },
  };
}

/** The workflow id of the burst that made, or makes, a delivery's first attempt. */
async function burstOf(deliveryId: string): Promise<string> {
  const { rows } = await pool.query<{ burst_id: string | null }>(
    'select burst_id from deliveries where id = $1',
    [deliveryId],
  );
  return rows[0]?.burst_id ?? '';
}

async function hasWorkflow(deliveryId: string): Promise<boolean> {
  const { workflow } = posthaste.client;
  return workflow
    .getHandle(deliveryId)
    .describe()
    .then(
      ({ type }) => type === 'delivery',
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      },
    );
}

describe('a burst', () => {
  test('carries deliveries that come together, and tells what came of each', async () => {
    const { merchant, script, send } = await shopWith(['well', 'refusing', 'failing']);
    script('refusing', 404);
    script('failing', 503);
    const { well = '', refusing = '', failing = '' } = await send();
    await merchant.until(well, 'succeeded');
    await merchant.until(refusing, 'failed');
    await merchant.until(failing, 'retrying');
    const burst = await burstOf(well);
    expect(await Promise.all([refusing, failing].map(burstOf))).toEqual([burst, burst]);

    const handle = posthaste.client.workflow.getHandle(burst);
    expect(await handle.result()).toEqual({ settled: 2, handedOver: 1, parked: 0 });
    expect(await handle.query('log')).toEqual({
      [well]: expect.stringMatching(/^succeeded, .*200.* in \d+ ms$/),
      [refusing]: expect.stringMatching(/^failed, .*404.* in \d+ ms$/),
      [failing]: expect.stringMatching(/^goes on, .*503.* in \d+ ms$/),
    });
    expect(await Promise.all([well, refusing, failing].map(hasWorkflow))).toEqual([false, false, true]);
  });

  test('is found by each delivery that it carried', async () => {
    const { merchant, script, send } = await shopWith(['well', 'failing']);
    script('failing', 500);
    const { well = '', failing = '' } = await send();
    await merchant.until(failing, 'retrying');
    for (const id of [well, failing]) {
      const burst = await burstOf(id);
      const found = await waitUntil(
        async () => {
          const ids: string[] = [];
          for await (const { workflowId, type } of posthaste.client.workflow.list({
            query: `DeliveryIds = '${id}'`,
          }))
            ids.push(`${type} ${workflowId}`);
          return ids;
        },
        (ids) => ids.length > 0,
        PATIENCE_MS,
      );
      expect(found).toEqual([`burst ${burst}`]);
    }
  });

  test('is not delayed in its other deliveries by an endpoint that hangs', async () => {
    const { merchant, script, requestsTo, send } = await shopWith(['well', 'hanging'], { timeoutMs: 15_000 });
    script('hanging', hang());
    const { well = '', hanging = '' } = await send();
    await merchant.until(well, 'succeeded', 5000);
    await waitUntil(() => requestsTo('hanging').length === 1);
    expect(await burstOf(well)).toBe(await burstOf(hanging));
    expect(await merchant.delivery(hanging)).toMatchObject({ status: 'delivering', attemptCount: 0 });
    // Nor do those that come later wait for it.
    const { well: next = '' } = await send();
    await merchant.until(next, 'succeeded', 5000);
  });
});

describe('a delivery that its endpoint has no room for', () => {
  /** One that waits so, behind one that hangs until `letGo`. */
  async function waiting() {
    const shop = await shopWith(['full'], { maxConcurrency: 1, timeoutMs: 30_000 });
    const { merchant, script, requestsTo, send } = shop;
    let letGo: () => void = () => undefined;
    const isLetGo = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    script('full', async (socket, request) => {
      await isLetGo;
      await answer(200)(socket, request);
    });
    onTestFinished(() => letGo());
    const { full: before = '' } = await send();
    await waitUntil(() => requestsTo('full').length === 1);
    const { full: id = '' } = await send();
    await waitUntil(
      () => merchant.log(id),
      ({ entries }) => entries.length > 0,
      PATIENCE_MS,
    );
    return { ...shop, before, id, letGo };
  }

  test('waits without a workflow, says so, and goes out in another burst when there is', async () => {
    const { merchant, requestsTo, before, id, letGo } = await waiting();
    expect(await merchant.delivery(id)).toMatchObject({ status: 'pending', attemptCount: 0 });
    expect((await merchant.log(id)).entries).toMatchObject([{ kind: 'held', because: 'busy' }]);
    expect(await hasWorkflow(id)).toBe(false);
    letGo();
    await merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(await burstOf(id)).not.toBe(await burstOf(before));
    expect(await hasWorkflow(id)).toBe(false);
    expect((await merchant.log(id)).entries.map(({ kind }) => kind)).toEqual(['held', 'attempt', 'ended']);
    expect(requestsTo('full')).toHaveLength(2);
  });

  test('is cancelled while it waits', async () => {
    const { merchant, requestsTo, before, id, letGo } = await waiting();
    expect(await merchant.command(id, 'cancel')).toMatchObject({ status: 'cancelled' });
    letGo();
    await merchant.until(before, 'succeeded', PATIENCE_MS);
    expect(requestsTo('full')).toHaveLength(1);
  });

  test('is held when the endpoint is paused, and goes out when it is resumed', async () => {
    const { merchant, endpoints, id, letGo } = await waiting();
    await merchant.pause(endpoints.full ?? '');
    await merchant.until(id, 'held', PATIENCE_MS);
    letGo();
    await merchant.resume(endpoints.full ?? '');
    await merchant.until(id, 'succeeded', PATIENCE_MS);
  });

  test('fails when the endpoint is deleted', async () => {
    const { merchant, endpoints, requestsTo, id } = await waiting();
    await merchant.deleteEndpoint(endpoints.full ?? '');
    expect(await merchant.until(id, 'failed', PATIENCE_MS)).toMatchObject({ reason: 'endpoint_deleted' });
    expect(requestsTo('full')).toHaveLength(1);
  });
});

describe('a delivery whose first attempt, in a burst, failed', () => {
  test('goes on in a workflow of its own, which sleeps by the schedule', async () => {
    const delivery = await asleep(200);
    const { merchant, id } = delivery;
    expect(await hasWorkflow(id)).toBe(true);
    // It sleeps for what is left of the wait, which is counted from the end of the attempt.
    const [timer = 0] = await timersOf(posthaste.client, id);
    expect(timer).toBeGreaterThan(290_000);
    expect(timer).toBeLessThanOrEqual(300_000);
    const { status, attemptCount, nextAttemptAt, attempts } = await merchant.delivery(id);
    expect({ status, attemptCount }).toEqual({ status: 'retrying', attemptCount: 1 });
    const [first] = attempts;
    const endedMs = Date.parse(first?.startedAt ?? '') + (first?.durationMs ?? 0);
    expect(Date.parse(nextAttemptAt ?? '') - endedMs).toBe(300_000);
    expect(delivery.requests()).toHaveLength(1);
  });

  test('makes its later attempts when their time comes', async () => {
    const { merchant, id, requests } = await one.sent({ posthaste, receiver }, [500, 500, 200], {
      fields: { retrySchedule: [1, 1] },
    });
    await merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(requests().map(({ headers }) => headers['posthaste-attempt'])).toEqual(['1', '2', '3']);
    expect(new Set(requests().map(({ body }) => String(body))).size).toBe(1);
  });

  test('is retried by hand', async () => {
    const { merchant, id, requests } = await asleep(200);
    await merchant.command(id, 'retry');
    await merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(requests()).toHaveLength(2);
  });

  test('is cancelled', async () => {
    const { merchant, id, requests, press } = await asleep(200);
    expect(await merchant.command(id, 'cancel')).toMatchObject({ status: 'cancelled' });
    expect(await press('retry')).toMatchObject({ status: 409 });
    expect(requests()).toHaveLength(1);
  });

  test('is put off, and kept to another schedule', async () => {
    const { merchant, id, requests } = await asleep(500, 200);
    const nextAttemptAt = new Date(Date.now() + 3_600_000).toISOString();
    expect(await merchant.reschedule(id, { nextAttemptAt })).toMatchObject({ nextAttemptAt });
    await merchant.reschedule(id, { retrySchedule: [1, 1] });
    await merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(requests()).toHaveLength(3);
  });
});

describe('the log is the same as without bursts, of a delivery that', () => {
  /** What a log says, whenever and however fast that was. */
  function substance(entries: readonly LogEntry[]): object[] {
    return entries.map((entry) =>
      Object.fromEntries(
        Object.entries(entry).filter(([name]) => !['at', 'startedAt', 'durationMs', 'until'].includes(name)),
      ),
    );
  }

  async function logIn(product: Posthaste, steps: number[], lead: (delivery: Sent) => Promise<unknown>) {
    const delivery = await one.sent({ posthaste: product, receiver }, steps);
    await lead(delivery);
    await workflowEnded(product.client, delivery.id);
    return substance((await delivery.merchant.log(delivery.id)).entries);
  }

  test.each<[string, number[], (delivery: Sent) => Promise<unknown>]>([
    ['succeeded', [200], ({ merchant, id }) => merchant.until(id, 'succeeded', PATIENCE_MS)],
    ['was rejected', [404], ({ merchant, id }) => merchant.until(id, 'failed', PATIENCE_MS)],
    [
      'failed, and succeeded when it was retried by hand',
      [500, 200],
      async ({ merchant, id, press }) => {
        await merchant.until(id, 'retrying', PATIENCE_MS);
        await waitUntil(
          () => press('retry'),
          ({ status }) => status === 202,
        );
        await merchant.until(id, 'succeeded', PATIENCE_MS);
      },
    ],
    [
      'sleeps, and is cancelled',
      [500],
      async ({ merchant, id, press }) => {
        await merchant.until(id, 'retrying', PATIENCE_MS);
        await press('cancel');
        await merchant.until(id, 'cancelled', PATIENCE_MS);
      },
    ],
  ])('%s', async (_, steps, lead) => {
    const alone = await logIn(oneByOne, steps, lead);
    expect(alone.at(-1)).toMatchObject({ kind: 'ended' });
    expect(await logIn(posthaste, steps, lead)).toEqual(alone);
  });
});

test('a delivery to a paused endpoint is held, and goes out when that is resumed', async () => {
  const { merchant, endpoints, requestsTo, send } = await shopWith(['shut', 'well']);
  const { shut: endpointId = '' } = endpoints;
  await merchant.pause(endpointId);
  const { shut = '', well = '' } = await send();
  await merchant.until(shut, 'held');
  await merchant.until(well, 'succeeded');
  expect(requestsTo('shut')).toHaveLength(0);
  await merchant.resume(endpointId);
  expect(await merchant.until(shut, 'succeeded', PATIENCE_MS)).toMatchObject({ attemptCount: 1 });
  expect(requestsTo('shut')).toHaveLength(1);
});

describe('cancelled while the burst makes its attempt, a delivery', () => {
  test('has that attempt on record, and no other', async () => {
    const { merchant, id, requests, press } = await sent(answer(500, { delayMs: THINKING_MS }), 200);
    await waitUntil(() => requests().length === 1);
    expect(await press('cancel')).toMatchObject({ status: 202 });
    expect(await merchant.until(id, 'cancelled', PATIENCE_MS)).toMatchObject({
      attempts: [{ number: 1, responseStatus: 500, error: 'server_error' }],
    });
    const { entries } = await merchant.log(id);
    expect(entries.filter(({ kind }) => kind !== 'wait')).toMatchObject([
      { kind: 'changed', change: 'cancel', by: 'operator' },
      { kind: 'attempt', number: 1, responseStatus: 500 },
      { kind: 'ended', status: 'cancelled' },
    ]);
    expect(requests()).toHaveLength(1);
  });

  test('has succeeded when that attempt succeeds', async () => {
    const { merchant, id, requests, press } = await sent(answer(200, { delayMs: THINKING_MS }));
    await waitUntil(() => requests().length === 1);
    expect(await press('cancel')).toMatchObject({ status: 202 });
    expect(await merchant.until(id, 'succeeded', PATIENCE_MS)).toMatchObject({
      attempts: [{ number: 1, responseStatus: 200 }],
    });
    expect(requests()).toHaveLength(1);
  });
});

describe('an endpoint that is changed while the burst makes an attempt there:', () => {
  test('a new schedule holds for what comes after it', async () => {
    const { merchant, endpoints, script, requestsTo, send } = await shopWith(['edited']);
    script('edited', answer(500, { delayMs: THINKING_MS }), 200);
    const { edited = '' } = await send();
    await waitUntil(() => requestsTo('edited').length === 1);
    await merchant.editEndpoint(endpoints.edited ?? '', { retrySchedule: [1] });
    expect(await merchant.until(edited, 'succeeded', PATIENCE_MS)).toMatchObject({ attemptCount: 2 });
  });

  test('one that was deleted gets no further attempt', async () => {
    const { merchant, endpoints, script, requestsTo, send } = await shopWith(['deleted']);
    script('deleted', answer(500, { delayMs: THINKING_MS }), 200);
    const { deleted = '' } = await send();
    await waitUntil(() => requestsTo('deleted').length === 1);
    await merchant.deleteEndpoint(endpoints.deleted ?? '');
    expect(await merchant.until(deleted, 'failed', PATIENCE_MS)).toMatchObject({
      reason: 'endpoint_deleted',
      attempts: [{ number: 1, responseStatus: 500 }],
    });
    expect(requestsTo('deleted')).toHaveLength(1);
  });
});

describe('a burst that is terminated in Temporal', () => {
  test('finishes its attempts, and what failed goes on', async () => {
    const { merchant, script, requestsTo, send } = await shopWith(['well', 'failing']);
    script('well', answer(200, { delayMs: THINKING_MS }));
    script('failing', answer(500, { delayMs: THINKING_MS }), 200);
    const { well = '', failing = '' } = await send();
    await waitUntil(() => requestsTo('well').length + requestsTo('failing').length === 2);
    await posthaste.client.workflow.getHandle(await burstOf(well)).terminate('by mistake');
    await merchant.until(well, 'succeeded', PATIENCE_MS);
    await waitUntil(
      () => timersOf(posthaste.client, failing),
      (timers) => timers.length === 1,
      PATIENCE_MS,
    );
    await merchant.command(failing, 'retry');
    await merchant.until(failing, 'succeeded', PATIENCE_MS);
    expect([requestsTo('well').length, requestsTo('failing').length]).toEqual([1, 2]);
  });

  /** A product without a worker, so that its bursts wait in Temporal. */
  async function waiting(count: number) {
    const front = await startPosthaste({ bursts: 'always', role: 'api' });
    onTestFinished(front.stop);
    const merchant = await openAccount(front);
    const path = `/${merchant.id}`;
    await merchant.endpoint({ url: receiver.url(path) });
    const sent = await Promise.all(Array.from({ length: count }, () => merchant.deliver('order.completed')));
    const bursts = await waitUntil(
      async () => {
        const found = new Map<string, string[]>();
        for await (const { workflowId, typedSearchAttributes } of front.client.workflow.list({
          query: `TaskQueue = '${front.taskQueue}' and WorkflowType = 'burst' and ExecutionStatus = 'Running'`,
        }))
          found.set(workflowId, typedSearchAttributes.get(DeliveryIds) ?? []);
        return found;
      },
      (found) => [...found.values()].flat().length === count,
      PATIENCE_MS,
    );
    const record = createPool(front.databaseUrl, () => undefined);
    onTestFinished(() => record.end());
    const terminate = () =>
      Promise.all(
        [...bursts.keys()].map((id) => front.client.workflow.getHandle(id).terminate('by mistake')),
      );
    const work = async () => {
      const worker = await startPosthaste({ ...front.parts, role: 'worker' });
      onTestFinished(worker.stop);
    };
    const requests = () => receiver.requests.filter((request) => request.path === path);
    return { front, merchant, sent, bursts, record, terminate, work, requests };
  }

  test('before it began is made again, with all that it carried', async () => {
    const { merchant, sent, terminate, work, requests } = await waiting(5);
    await terminate();
    await work();
    for (const id of sent) await merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(requests()).toHaveLength(sent.length);
  });

  test('and whose worker died in an attempt: that goes on by itself, and is told to be interrupted', async () => {
    const { front, merchant, sent, bursts, record, terminate, work, requests } = await waiting(1);
    const [id = ''] = sent;
    const [burst = ''] = bursts.keys();
    expect(await createDeliveryWrites(record).claim({ deliveryId: id, number: 1, burst })).toMatchObject({
      kind: 'claimed',
    });
    await terminate();
    // Long enough ago that nobody may be making it any more.
    await record.query(`update attempts set started_at = started_at - interval '10 minutes'`);
    await work();
    await reconcilerOf(front, record, { quietMs: 0 }).lookForLost();
    expect(await merchant.until(id, 'succeeded', PATIENCE_MS)).toMatchObject({
      attemptCount: 1,
      attempts: [
        { number: 1, error: 'interrupted' },
        { number: 1, responseStatus: 200 },
      ],
    });
    expect(await front.client.workflow.getHandle(id).result()).toMatchObject({ status: 'succeeded' });
    expect(requests()).toHaveLength(1);
  });
});
