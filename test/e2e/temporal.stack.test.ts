import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { status as statusQuery } from '../../workflows/messages.ts';
import { historyOf, timersOf } from '../support/history.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

let posthaste: Posthaste;
let receiver: Receiver;
let merchant: Merchant;
let endpointId: string;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
  merchant = await openAccount(posthaste);
  receiver.script('/hook', 500);
  ({ id: endpointId } = await merchant.endpoint({ url: receiver.url('/hook'), events: ['order.*'] }));
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

/** A delivery that sleeps after a first 500. */
async function asleep(): Promise<string> {
  const id = await merchant.deliver('order.completed');
  await waitUntil(
    () => timersOf(posthaste.client, id),
    (timers) => timers.length === 1,
  );
  return id;
}

const handleOf = (id: string) => posthaste.client.workflow.getHandle(id);

test('a delivery is a workflow of type "delivery" whose id is its own, on the task queue', async () => {
  const id = await asleep();
  const description = await handleOf(id).describe();
  expect(description).toMatchObject({
    workflowId: id,
    type: 'delivery',
    taskQueue: posthaste.taskQueue,
    status: { name: 'RUNNING' },
  });
  const [started] = await historyOf(posthaste.client, id);
  expect(started?.workflowExecutionStartedEventAttributes?.eagerExecutionAccepted).toBe(true);
});

test('deliveries are found by account, endpoint, type and status', async () => {
  const id = await asleep();
  const found = async (query: string) => {
    const ids: string[] = [];
    for await (const { workflowId } of posthaste.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };
  const sought = `AccountId = '${merchant.id}' and EndpointId = '${endpointId}' and EventType = 'order.completed'`;
  await waitUntil(
    () => found(`${sought} and DeliveryStatus = 'retrying'`),
    (ids) => ids.includes(id),
  );
  await merchant.command(id, 'cancel');
  await waitUntil(
    () => found(`${sought} and DeliveryStatus = 'cancelled'`),
    (ids) => ids.includes(id),
  );
});

test('the Web UI reads as the story of the delivery', async () => {
  const id = await asleep();
  const { nextAttemptAt } = await merchant.delivery(id);
  const { staticSummary } = await handleOf(id).describe();
  expect(await staticSummary?.()).toBe(`order.completed to ${endpointId}`);
  const details = await currentDetails(id);
  expect(details).toMatch(/^Last: attempt 1, 500 server_error in \d+ ms\./);
  expect(details).toContain(`Next: attempt 2 of 6 at ${nextAttemptAt} (retry_schedule).`);
  const events = await historyOf(posthaste.client, id);
  const timer = events.find(({ timerStartedEventAttributes }) => timerStartedEventAttributes);
  expect(Buffer.from(timer?.userMetadata?.summary?.data ?? []).toString()).toMatch(
    /^"until attempt 2 of 6, after 500 server_error in \d+ ms"$/,
  );

  await merchant.command(id, 'retry');
  const scheduled = await waitUntil(
    async () =>
      (await historyOf(posthaste.client, id)).find(
        ({ activityTaskScheduledEventAttributes: activity }) => activity,
      ),
    (event) => event !== undefined,
  );
  expect(Buffer.from(scheduled?.userMetadata?.summary?.data ?? []).toString()).toBe('"attempt 2 of 6"');
});

async function currentDetails(id: string): Promise<string> {
  const metadata = await handleOf(id).query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails;
}

test('the status query answers from the workflow itself', async () => {
  const id = await asleep();
  const { nextAttemptAt } = await merchant.delivery(id);
  expect(await handleOf(id).query(statusQuery)).toEqual({
    status: 'retrying',
    attemptCount: 1,
    nextAttemptAt,
  });
});

describe("with Temporal's own tools", () => {
  test('a cancelled delivery is cancelled in Postgres too, and the log says by whom', async () => {
    const id = await asleep();
    await handleOf(id).cancel();
    await merchant.until(id, 'cancelled');
    await expect(handleOf(id).result()).rejects.toThrow(WorkflowFailedError);
    expect((await handleOf(id).describe()).status.name).toBe('CANCELLED');
    const { source, entries } = await merchant.log(id);
    expect(source).toBe('workflow');
    expect(entries.slice(-2)).toMatchObject([
      { kind: 'changed', change: 'cancel', by: 'temporal' },
      { kind: 'ended', status: 'cancelled' },
    ]);
  });

  test('a delivery is woken and cancelled by signals sent by hand', async () => {
    const [woken, stopped] = await Promise.all([asleep(), asleep()]);
    await handleOf(woken).signal('retryNow');
    await merchant.until(woken, ({ attemptCount }) => attemptCount === 2);
    await handleOf(stopped).signal('cancel');
    await merchant.until(stopped, 'cancelled');
    expect((await merchant.log(stopped)).entries).toContainEqual(
      expect.objectContaining({ kind: 'changed', change: 'cancel', by: 'temporal' }),
    );
  });

  test('a delivery that was terminated can still be cancelled, so that Postgres agrees', async () => {
    const id = await asleep();
    await handleOf(id).terminate('by hand');
    expect(await merchant.call('POST', `/deliveries/${id}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'delivery_not_running' },
    });
    expect(await merchant.command(id, 'cancel')).toMatchObject({ status: 'cancelled', attemptCount: 1 });
  });

  test('a finished delivery that is reset sends nothing again', async () => {
    const shop = await openAccount(posthaste);
    const path = `/${shop.id}`;
    await shop.endpoint({ url: receiver.url(path) });
    const id = await shop.deliver('order.completed');
    await shop.until(id, 'succeeded');
    await handleOf(id).result();
    const firstTask = (await historyOf(posthaste.client, id)).find(
      ({ workflowTaskCompletedEventAttributes: completed }) => completed,
    );
    const { runId } = await posthaste.client.workflowService.resetWorkflowExecution({
      namespace: posthaste.client.options.namespace,
      workflowExecution: { workflowId: id },
      reason: 'by hand',
      requestId: `reset-${id}`,
      ...(firstTask?.eventId && { workflowTaskFinishEventId: firstTask.eventId }),
    });
    const again = posthaste.client.workflow.getHandle(id, runId);
    expect(await again.result()).toMatchObject({ kind: 'settled', status: 'succeeded' });
    expect(receiver.requests.filter((request) => request.path === path)).toHaveLength(1);
    expect(await shop.delivery(id)).toMatchObject({ status: 'succeeded', attemptCount: 1 });
  });
});
