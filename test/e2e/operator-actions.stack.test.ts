import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import type { Reconciler } from '../../src/dispatch/reconcile.ts';
import type { LogEntry } from '../../src/domain/story.ts';
import { createLogger } from '../../src/log.ts';
import { createDeliveryRuns } from '../../src/temporal/delivery-runs.ts';
import { historyOf, timersOf } from '../support/history.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { reconcilerOf } from '../support/reconciler.ts';
import { answer, gate } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import * as one from './one-delivery.ts';

/** Longer than anything here takes on a busy machine. */
const PATIENCE_MS = 30_000;

let posthaste: Posthaste;
/** The same product where Temporal no longer has any of its workflows: its logs are told from the record. */
let forgetful: Posthaste;
let receiver: Receiver;
let pool: Pool;
/** Alice, who uses Temporal's own tools. */
let connection: Connection;
let alice: Client;
/** As the product's own, but looks when it is told to. */
let reconciler: Reconciler;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
  const { temporal, ...parts } = posthaste.parts;
  const elsewhere = { ...temporal, namespace: 'temporal-system' };
  forgetful = await startPosthaste({ ...parts, role: 'api', temporal: elsewhere });
  pool = createPool(posthaste.databaseUrl, () => undefined);
  const { namespace } = posthaste.client.options;
  connection = await Connection.connect(temporal.connectionOptions ?? {});
  alice = new Client({ connection, namespace, identity: 'alice@ops' });
  reconciler = reconcilerWith({ quietMs: 0 });
});
afterAll(async () => {
  await forgetful.stop();
  await posthaste.stop();
  await connection.close();
  await pool.end();
  await receiver.close();
});

const reconcilerWith = (options: Parameters<typeof reconcilerOf>[2]) =>
  reconcilerOf(posthaste, pool, options);

type Sent = Awaited<ReturnType<typeof one.sent>>;

const sent = (...steps: Parameters<typeof one.sent>[1]) => one.sent({ posthaste, receiver }, steps);
const asleep = (...steps: Parameters<typeof one.sent>[1]) => one.asleep({ posthaste, receiver }, steps);
const handleOf = (id: string) => alice.workflow.getHandle(id);

async function logs({ merchant, id }: Sent): Promise<{ workflow: LogEntry[]; record: LogEntry[] }> {
  const { entries } = await merchant.log(id);
  const path = `/v1/accounts/${merchant.id}/deliveries/${id}/log`;
  const recorded = await forgetful.api.call<{ source: string; entries: LogEntry[] }>('GET', path);
  expect(recorded.body.source).toBe('record');
  return { workflow: entries, record: recorded.body.entries };
}

/** Looks until what was done in Temporal is in the audit log; visibility may lag. */
async function takenIn({ id }: Sent, action: string): Promise<Record<string, unknown>[]> {
  return waitUntil(
    async () => {
      await reconciler.takeInStopped();
      return audits(id, action);
    },
    (found) => found.length > 0,
    PATIENCE_MS,
  );
}

async function audits(id: string, action: string): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    'select actor, action, details from audit_log where target = $1 and action = $2',
    [id, action],
  );
  return rows;
}

/** Resets to the first workflow task, as the Web UI does. @returns the new run */
async function reset(id: string, reason: string): Promise<string> {
  const events = await historyOf(alice, id);
  const first = events.find(({ workflowTaskCompletedEventAttributes: completed }) => completed);
  if (!first?.eventId) throw new Error('there is nothing to reset to');
  const { runId } = await alice.workflowService.resetWorkflowExecution({
    namespace: alice.options.namespace,
    workflowExecution: { workflowId: id },
    reason,
    requestId: randomUUID(),
    identity: 'alice@ops',
    workflowTaskFinishEventId: first.eventId,
  });
  return runId;
}

/** Makes Temporal forget a delivery that was noted as started, as a restored backup or a lost namespace does. */
async function forgotten(id: string): Promise<void> {
  await waitUntil(
    () => pool.query('select from deliveries where id = $1 and started_at is not null', [id]),
    ({ rowCount }) => rowCount === 1,
    PATIENCE_MS,
  );
  await alice.workflowService.deleteWorkflowExecution({
    namespace: alice.options.namespace,
    workflowExecution: { workflowId: id },
  });
  const runs = createDeliveryRuns(alice, { taskQueue: posthaste.taskQueue });
  await waitUntil(
    () => runs.latest(id),
    (latest) => latest === undefined,
    PATIENCE_MS,
  );
}

const isAttempt = (line: LogEntry, number: number) => line.kind === 'attempt' && line.number === number;
const attempt = (number: number, responseStatus: number) => ({ kind: 'attempt', number, responseStatus });
const wait = { kind: 'wait', because: 'retry_schedule' };
const changed = (change: string, by: string) => ({ kind: 'changed', change, by });

describe.concurrent('terminated in Temporal', () => {
  test('a sleeping delivery is cancelled in Postgres, and both logs say who did it', async () => {
    const delivery = await asleep(200);
    await handleOf(delivery.id).terminate('wrong customer');
    expect(await takenIn(delivery, 'delivery.terminated')).toMatchObject([
      { actor: 'temporal:alice@ops', details: { reason: 'wrong customer' } },
    ]);
    const { status, attemptCount, nextAttemptAt } = await delivery.merchant.delivery(delivery.id);
    expect({ status, attemptCount, nextAttemptAt }).toEqual({ status: 'cancelled', attemptCount: 1 });
    const told = [
      attempt(1, 500),
      wait,
      changed('terminate', 'temporal:alice@ops'),
      { kind: 'ended', status: 'cancelled' },
    ];
    const { workflow, record } = await logs(delivery);
    expect(workflow).toMatchObject(told);
    expect(record).toMatchObject(told);
    expect(delivery.requests()).toHaveLength(1);
  });

  test('a delivery that was looked at many times is told of once', async () => {
    const delivery = await asleep(200);
    await handleOf(delivery.id).terminate('twice');
    await takenIn(delivery, 'delivery.terminated');
    await Promise.all([reconciler.takeInStopped(), reconciler.takeInStopped(), reconciler.lookForLost()]);
    expect(await audits(delivery.id, 'delivery.terminated')).toHaveLength(1);
    expect(await delivery.press('cancel')).toMatchObject({ status: 409 });
  });

  test('an attempt that is under way is recorded first, and is the last', async () => {
    // Long enough for its end to be later by either clock.
    const held = gate(answer(500, { delayMs: 500 }));
    const delivery = await sent(held.step);
    await waitUntil(() => held.waiting() === 1);
    await handleOf(delivery.id).terminate('stop');
    held.open();
    await takenIn(delivery, 'delivery.terminated');
    const { status, attempts } = await delivery.merchant.delivery(delivery.id);
    expect(status).toBe('cancelled');
    expect(attempts).toMatchObject([{ number: 1, responseStatus: 500 }]);
    expect((await logs(delivery)).record).toMatchObject([
      changed('terminate', 'temporal:alice@ops'),
      attempt(1, 500),
      wait,
      { kind: 'ended', status: 'cancelled' },
    ]);
  });

  test('a delivery whose attempt then succeeds has succeeded', async () => {
    const held = gate();
    const delivery = await sent(held.step);
    await waitUntil(() => held.waiting() === 1);
    await handleOf(delivery.id).terminate('too late');
    held.open();
    await takenIn(delivery, 'delivery.terminated');
    expect(await delivery.merchant.delivery(delivery.id)).toMatchObject({
      status: 'succeeded',
      attempts: [{ number: 1, responseStatus: 200 }],
    });
    expect(delivery.requests()).toHaveLength(1);
  });

  test('names and reasons are kept as one line of bounded length', async () => {
    const delivery = await asleep(200);
    const mallory = new Client({
      connection,
      namespace: alice.options.namespace,
      identity: `mallory\u0000\n${'m'.repeat(500)}`,
    });
    await mallory.workflow.getHandle(delivery.id).terminate('because\u0000\nof 🙂');
    const [audit] = await takenIn(delivery, 'delivery.terminated');
    expect(audit).toMatchObject({
      actor: expect.stringMatching(/^temporal:mallory m{100,}$/),
      details: { reason: 'because of 🙂' },
    });
    expect(String(audit?.actor).length).toBeLessThanOrEqual(200);
  });
});

test('a running product finds out by itself, within seconds', async () => {
  const delivery = await asleep(200);
  await handleOf(delivery.id).terminate('unannounced');
  await delivery.merchant.until(delivery.id, 'cancelled', PATIENCE_MS);
  expect(await audits(delivery.id, 'delivery.terminated')).toMatchObject([{ actor: 'temporal:alice@ops' }]);
});

test('a delivery that is cancelled in Temporal is cancelled once, and both logs say who did it', async () => {
  const delivery = await asleep(200);
  await handleOf(delivery.id).cancel();
  await delivery.merchant.until(delivery.id, 'cancelled', PATIENCE_MS);
  expect(await takenIn(delivery, 'delivery.cancelled')).toMatchObject([{ actor: 'temporal:alice@ops' }]);
  const told = [
    attempt(1, 500),
    wait,
    changed('cancel', 'temporal:alice@ops'),
    { kind: 'ended', status: 'cancelled' },
  ];
  const { workflow, record } = await logs(delivery);
  expect(workflow).toMatchObject(told);
  expect(record).toMatchObject(told);
});

describe.concurrent('reset in Temporal', () => {
  test('a sleeping delivery goes on where it was, without another POST, and both logs tell of it', async () => {
    const delivery = await asleep(200);
    const { merchant, id } = delivery;
    const before = await merchant.delivery(id);
    const runId = await reset(id, 'once more');
    expect(await takenIn(delivery, 'delivery.reset')).toMatchObject([
      { actor: 'temporal', details: { runId, reason: 'once more' } },
    ]);
    expect(await merchant.delivery(id)).toEqual(before);
    expect(delivery.requests()).toHaveLength(1);
    await merchant.command(id, 'retry');
    await merchant.until(id, 'succeeded', PATIENCE_MS);
    await posthaste.client.workflow.getHandle(id).result();
    const told = [
      attempt(1, 500),
      wait,
      changed('reset', 'temporal'),
      changed('retry', 'operator'),
      attempt(2, 200),
      { kind: 'ended', status: 'succeeded' },
    ];
    const { workflow, record } = await logs(delivery);
    // The wait is told again by the new run, at its own time.
    expect(workflow.filter(({ kind }) => kind !== 'wait')).toMatchObject(
      told.filter((line) => line !== wait),
    );
    expect(record).toMatchObject(told);
    expect(delivery.requests()).toHaveLength(2);
  });

  test('a delivery that is reset twice is told of twice', async () => {
    const delivery = await asleep(200);
    const first = await reset(delivery.id, 'first');
    await waitUntil(
      () => historyOf(alice, delivery.id),
      (events) => events.some(({ timerStartedEventAttributes: timer }) => timer),
      PATIENCE_MS,
    );
    const second = await reset(delivery.id, 'second');
    const told = await waitUntil(
      () => takenIn(delivery, 'delivery.reset'),
      (found) => found.length === 2,
      PATIENCE_MS,
    );
    expect(told.map(({ details }) => details)).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ runId: first }),
        expect.objectContaining({ runId: second }),
      ]),
    );
    const { workflow } = await logs(delivery);
    expect(workflow.filter((entry) => entry.kind === 'changed')).toMatchObject([
      changed('reset', 'temporal'),
      changed('reset', 'temporal'),
    ]);
    expect(await delivery.merchant.delivery(delivery.id)).toMatchObject({ status: 'retrying' });
  });

  test('a finished delivery sends nothing again, and its log tells of the reset', async () => {
    const delivery = await sent(200);
    await delivery.merchant.until(delivery.id, 'succeeded', PATIENCE_MS);
    await posthaste.client.workflow.getHandle(delivery.id).result();
    const runId = await reset(delivery.id, 'again');
    await alice.workflow.getHandle(delivery.id, runId).result();
    await reconciler.takeInStopped();
    expect(delivery.requests()).toHaveLength(1);
    expect(await delivery.merchant.delivery(delivery.id)).toMatchObject({
      status: 'succeeded',
      attemptCount: 1,
    });
    const { workflow } = await logs(delivery);
    expect(workflow).toMatchObject([
      attempt(1, 200),
      { kind: 'ended', status: 'succeeded' },
      changed('reset', 'temporal'),
    ]);
  });

  test('a delivery that was terminated stays cancelled, and sends nothing again', async () => {
    const delivery = await asleep(200);
    const { id } = delivery;
    await handleOf(id).terminate('wrong');
    await takenIn(delivery, 'delivery.terminated');
    const again = alice.workflow.getHandle(id, await reset(id, 'or not'));
    // It may sleep through what was left of its wait first.
    await waitUntil(
      async () => {
        await again.signal('retryNow').catch(() => undefined);
        return (await again.describe()).status.name;
      },
      (name) => name !== 'RUNNING',
      PATIENCE_MS,
    );
    expect(await again.result()).toMatchObject({ status: 'cancelled' });
    await Promise.all([reconciler.takeInStopped(), reconciler.lookForLost()]);
    expect(await delivery.merchant.delivery(id)).toMatchObject({ status: 'cancelled', attemptCount: 1 });
    expect(delivery.requests()).toHaveLength(1);
  });
});

describe('a delivery that Posthaste has as started', () => {
  test('and Temporal does not know is started again, in its place, without another POST', async () => {
    const delivery = await asleep(200);
    const { merchant, id } = delivery;
    const before = await merchant.delivery(id);
    await forgotten(id);
    await reconciler.lookForLost();
    const [timer] = await waitUntil(
      async () =>
        (await historyOf(alice, id)).flatMap(({ timerStartedEventAttributes: started }) => started ?? []),
      (timers) => timers.length === 1,
      PATIENCE_MS,
    );
    expect(await merchant.delivery(id)).toEqual(before);
    expect(delivery.requests()).toHaveLength(1);
    const startedAt = (await historyOf(alice, id)).find(
      ({ timerStartedEventAttributes: started }) => started,
    )?.eventTime;
    const wakesAt = Number(startedAt?.seconds) * 1000 + Number(timer?.startToFireTimeout?.seconds) * 1000;
    const dueAt = Date.parse(before.nextAttemptAt ?? '');
    expect(Math.abs(wakesAt - dueAt)).toBeLessThan(2000);

    await merchant.command(id, 'retry');
    await merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(delivery.requests()).toHaveLength(2);
    expect((await merchant.delivery(id)).attempts).toMatchObject([{ number: 1 }, { number: 2 }]);
  });

  test('and Temporal does not know waits only for what is left of its wait', async () => {
    const delivery = await asleep(200);
    await forgotten(delivery.id);
    // As if the backup were from long ago: the wait after the first attempt is over.
    const over = new Date(Date.now() - 3_600_000).toISOString();
    await pool.query('update deliveries set next_attempt_at = $2 where id = $1', [delivery.id, over]);
    await pool.query(
      `update attempts set step = step || jsonb_build_object('until', $2::text) where delivery_id = $1`,
      [delivery.id, over],
    );
    await reconciler.lookForLost();
    await delivery.merchant.until(delivery.id, 'succeeded', PATIENCE_MS);
    expect(delivery.requests()).toHaveLength(2);
  });

  test('and that was never attempted is attempted, in its time', async () => {
    const deliverAt = new Date(Date.now() + 6000).toISOString();
    const delivery = await one.sent({ posthaste, receiver }, [200], { more: { deliverAt } });
    await waitUntil(
      () => historyOf(alice, delivery.id),
      (events) => events.some(({ timerStartedEventAttributes: timer }) => timer),
      PATIENCE_MS,
    );
    await forgotten(delivery.id);
    await reconciler.lookForLost();
    await delivery.merchant.until(delivery.id, 'succeeded', PATIENCE_MS);
    const [request] = delivery.requests();
    expect(delivery.requests()).toHaveLength(1);
    expect(request?.receivedAt.getTime()).toBeGreaterThanOrEqual(Date.parse(deliverAt));
  });

  test('and Temporal does not know passes over the waits that were cut short', async () => {
    const delivery = await asleep(500, 500);
    const { merchant, id } = delivery;
    await merchant.command(id, 'retry');
    await merchant.until(id, ({ attemptCount }) => attemptCount === 2, PATIENCE_MS);
    const { nextAttemptAt } = await merchant.delivery(id);
    await forgotten(id);
    await reconciler.lookForLost();
    const { entries } = await waitUntil(
      () => merchant.log(id),
      ({ source, entries }) => source === 'workflow' && entries.some((line) => isAttempt(line, 2)),
      PATIENCE_MS,
    );
    expect(entries.at(-1)).toMatchObject({ kind: 'wait', until: nextAttemptAt });
    expect(delivery.requests()).toHaveLength(2);
  });

  test('and Temporal does not know keeps the time that it was told to wake at', async () => {
    const delivery = await asleep(200);
    const { merchant, id } = delivery;
    const nextAttemptAt = new Date(Date.now() + 7_200_000).toISOString();
    await merchant.reschedule(id, { nextAttemptAt });
    await merchant.until(id, (now) => now.nextAttemptAt === nextAttemptAt, PATIENCE_MS);
    await forgotten(id);
    await reconciler.lookForLost();
    const [wait] = await waitUntil(
      () => timersOf(alice, id),
      (timers) => timers.length === 1,
      PATIENCE_MS,
    );
    expect(wait).toBeGreaterThan(7_100_000);
    expect(await merchant.delivery(id)).toMatchObject({ status: 'retrying', nextAttemptAt });
  });

  test('and Temporal does not know while it is held goes out when its endpoint is resumed', async () => {
    const delivery = await asleep(200);
    const { merchant, id } = delivery;
    const { endpointId } = await merchant.delivery(id);
    await merchant.pause(endpointId);
    await merchant.command(id, 'retry');
    await merchant.until(id, 'held', PATIENCE_MS);
    await forgotten(id);
    await reconciler.lookForLost();
    await merchant.resume(endpointId);
    await merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(delivery.requests()).toHaveLength(2);
  });

  test('and whose workflow failed there is started again', async () => {
    const delivery = await asleep(200);
    const { id } = delivery;
    await forgotten(id);
    const failed = await alice.workflow.start('delivery', {
      workflowId: id,
      taskQueue: posthaste.taskQueue,
      args: [{ deliveryId: id }],
      workflowExecutionTimeout: '1 second',
    });
    await expect(failed.result()).rejects.toThrow();
    await reconciler.lookForLost();
    expect(await handleOf(id).describe()).toMatchObject({ status: { name: 'RUNNING' } });
    await delivery.merchant.command(id, 'retry');
    await delivery.merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(delivery.requests()).toHaveLength(2);
  });

  test('and that is retried before its new workflow has run is attempted at once', async () => {
    const delivery = await asleep(200);
    const { id } = delivery;
    await forgotten(id);
    await alice.workflow.signalWithStart('delivery', {
      workflowId: id,
      taskQueue: posthaste.taskQueue,
      args: [{ deliveryId: id }],
      signal: 'retryNow',
      signalArgs: [{ by: 'test', afterAttempt: 1 }],
    });
    await delivery.merchant.until(id, 'succeeded', PATIENCE_MS);
    expect(delivery.requests()).toHaveLength(2);
  });

  test('and many that Temporal does not know are all found in one look, however few it takes at a time', async () => {
    const deliveries = await Promise.all([asleep(200), asleep(200), asleep(200)]);
    await Promise.all(deliveries.map(({ id }) => forgotten(id)));
    const small = reconcilerWith({ quietMs: 0, perLook: 1 });
    await waitUntil(
      async () => {
        await small.lookForLost();
        const found = await Promise.all(deliveries.map(({ id }) => historyOf(alice, id)));
        return found.every((events) => events.length > 0);
      },
      Boolean,
      PATIENCE_MS,
    );
    await Promise.all(deliveries.map(({ merchant, id }) => merchant.command(id, 'cancel')));
  });

  test('and that ended in Temporal ends so in Postgres, with the attempt that this database has lost', async () => {
    const delivery = await asleep(200);
    const { merchant, id } = delivery;
    const before = (await pool.query('select * from deliveries where id = $1', [id])).rows[0];
    await merchant.command(id, 'retry');
    await merchant.until(id, 'succeeded', PATIENCE_MS);
    await posthaste.client.workflow.getHandle(id).result();
    const { attempts } = await merchant.delivery(id);
    // The backup is from before the second attempt.
    await pool.query('delete from attempts where delivery_id = $1 and number = 2', [id]);
    await pool.query('update attempts set day = null where delivery_id = $1', [id]);
    await pool.query(
      `update deliveries set status = 'retrying', completed_at = null, day = null, attempt_count = 1, last_response_status = 500,
         next_attempt_at = $2, revision = $3 where id = $1`,
      [id, before.next_attempt_at, before.revision],
    );
    await Promise.all([reconciler.lookForLost(), reconciler.lookForLost()]);
    const restored = await merchant.delivery(id);
    expect(restored).toMatchObject({ status: 'succeeded', attemptCount: 2 });
    expect(restored).not.toHaveProperty('nextAttemptAt');
    expect(
      restored.attempts.map(({ number, startedAt, responseStatus }) => [number, startedAt, responseStatus]),
    ).toEqual(attempts.map(({ number, startedAt, responseStatus }) => [number, startedAt, responseStatus]));
    expect(delivery.requests()).toHaveLength(2);
  });

  test('and that ends while it is looked at is left alone, and nobody is warned', async () => {
    const { merchant, id } = await asleep(200);
    const runs = createDeliveryRuns(alice, { taskQueue: posthaste.taskQueue });
    const logger = createLogger('fatal');
    const warn = vi.spyOn(logger, 'warn');
    const latest = async (asked: string) => {
      if (asked === id) {
        await merchant.command(id, 'retry');
        await merchant.until(id, 'succeeded', PATIENCE_MS);
        await handleOf(id).result();
      }
      return runs.latest(asked);
    };
    const parts = { runs: { ...runs, latest }, logger };
    await reconcilerOf(posthaste, pool, { quietMs: 0 }, parts).lookForLost();
    expect(await merchant.delivery(id)).toMatchObject({ status: 'succeeded', attemptCount: 2 });
    expect(warn).not.toHaveBeenCalledWith(expect.objectContaining({ deliveryId: id }), expect.anything());
  });

  test('and that was stopped while nobody looked is cancelled by the slow look too', async () => {
    const delivery = await asleep(200);
    await handleOf(delivery.id).terminate('unseen');
    await reconciler.lookForLost();
    expect(await delivery.merchant.delivery(delivery.id)).toMatchObject({ status: 'cancelled' });
    expect(await audits(delivery.id, 'delivery.terminated')).toMatchObject([{ actor: 'temporal:alice@ops' }]);
  });

  test('and that runs is left alone', async () => {
    const delivery = await asleep(200);
    const before = await delivery.merchant.delivery(delivery.id);
    const runs = createDeliveryRuns(alice, { taskQueue: posthaste.taskQueue });
    const run = await runs.latest(delivery.id);
    await reconciler.lookForLost();
    await reconciler.takeInStopped();
    expect(await runs.latest(delivery.id)).toEqual(run);
    expect(await delivery.merchant.delivery(delivery.id)).toEqual(before);
  });
});
