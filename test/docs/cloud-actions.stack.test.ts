import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historyOf } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { billableActions } from './cloud-actions.ts';
import { textOf } from './markdown.ts';

const { EventType } = temporal.api.enums.v1;
const DELIVERIES = 40;

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste({ bursts: 'always' }), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

async function actionsOf(workflowId: string): Promise<number> {
  const events = await historyOf(posthaste.client, workflowId);
  return billableActions(
    events.map(({ eventType, markerRecordedEventAttributes: marker }) => ({
      type: EventType[eventType ?? 0] ?? '',
      task: marker?.workflowTaskCompletedEventId?.toString(),
    })),
  );
}

async function workflowsWhere(query: string) {
  const found = [];
  for await (const workflow of posthaste.client.workflow.list({ query })) found.push(workflow);
  return found;
}

test('a burst is found by a delivery it carried, and is as many actions as the sizes assume', async () => {
  const merchant = await openAccount(posthaste);
  await merchant.endpoint({ url: receiver.url() });
  const events = Array.from({ length: DELIVERIES }, () => ({ event: 'actions.counted', data: {} }));
  const { body } = await merchant.call<{ results: { deliveries: { id: string }[] }[] }>(
    'POST',
    '/events/batch',
    { events },
  );
  const ids = body.results.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
  expect(ids).toHaveLength(DELIVERIES);
  for (const id of ids) await merchant.until(id, 'succeeded');

  const bursts = new Set<string>();
  for (const id of ids) {
    const found = await waitUntil(
      () => workflowsWhere(`DeliveryIds = '${id}'`),
      (workflows) => workflows.length > 0,
    );
    expect(found.map(({ type }) => type)).toEqual(['burst']);
    for (const { workflowId } of found) bursts.add(workflowId);
  }
  const assumed = Number(/ACTIONS_OF_BURST = (\d+)/.exec(textOf('docs/sizing-model.mjs'))?.[1]);
  for (const burst of bursts) {
    await posthaste.client.workflow.getHandle(burst).result();
    expect(await actionsOf(burst)).toBe(assumed);
  }
});
