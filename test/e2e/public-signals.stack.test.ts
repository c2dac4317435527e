import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { status as statusQuery } from '../../workflows/messages.ts';
import { progress } from '../../workflows/recovery-messages.ts';
import { timersOf } from '../support/history.ts';
import { afterOutage } from '../support/outage.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { recovering } from '../support/recovering.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait.ts';
import { bundleKept } from '../workflows/kept-workflows.ts';
import * as one from './one-delivery.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

type Payload = ReturnType<typeof defaultPayloadConverter.toPayload>;

const json = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const encoded = (encoding: string, text: string): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(text),
});

/** What anybody may send with a signal, in the Web UI or with a program of their own. */
const ANYTHING: [string, Payload[]][] = [
  ['nothing', []],
  ['null', [json(null)]],
  ['a number', [json(5)]],
  ['a text', [json('tomorrow')]],
  ['a list', [json([null])]],
  ['an empty object', [json({})]],
  ['fields of the wrong kinds', [json({ by: { a: 1 }, afterAttempt: { toString: 1, valueOf: 1 } })]],
  ['who cannot be written down', [json({ by: '\u0000', afterAttempt: 'x' })]],
  ['protobuf', [encoded('json/protobuf', '{}')]],
  ['what nobody can read', [encoded('binary/encrypted', 'x')]],
  ['half an object', [encoded('json/plain', '{"by":')]],
  ['no encoding', [{ data: Buffer.from('x') }]],
];

/** As the Web UI sends it. */
async function signal(workflowId: string, signalName: string, payloads: Payload[]): Promise<void> {
  await posthaste.client.workflowService.signalWorkflowExecution({
    namespace: posthaste.client.options.namespace,
    workflowExecution: { workflowId },
    signalName,
    ...(payloads.length > 0 && { input: { payloads } }),
    requestId: randomUUID(),
  });
}

const statusOf = (id: string) => posthaste.client.workflow.getHandle(id).query(statusQuery);
const asleep = (...steps: number[]) => one.asleep({ posthaste, receiver }, steps);

/** Sees to it that a delivery can still be moved. */
async function goesOn({ merchant, id }: one.OneDelivery, attempts: number): Promise<void> {
  await merchant.command(id, 'retry');
  await merchant.until(id, ({ attemptCount }) => attemptCount === attempts + 1);
  expect(await merchant.command(id, 'cancel')).toMatchObject({ status: 'cancelled' });
}

test.for(ANYTHING)('%s in a signal leaves a sleeping delivery asleep, and in hand', async ([, payloads]) => {
  const delivery = await asleep(500);
  const { merchant, id } = delivery;
  const before = await statusOf(id);
  for (const name of ['reschedule', 'endpointChanged', 'proceed', 'nobodyKnowsIt'])
    await signal(id, name, payloads);
  expect(await statusOf(id)).toEqual(before);
  await waitUntil(
    () => timersOf(posthaste.client, id),
    ({ length }) => length >= 2,
  );
  expect(await statusOf(id)).toEqual(before);
  const { entries } = await merchant.log(id);
  expect(entries).toContainEqual(
    expect.objectContaining({ kind: 'changed', change: 'endpoint_changed', by: 'temporal' }),
  );
  expect(entries).not.toContainEqual(expect.objectContaining({ change: 'reschedule' }));
  await goesOn(delivery, 1);
});

test.each([
  ['a day by name', { nextAttemptAt: 'tomorrow' }],
  ['a day that there is not', { nextAttemptAt: '2026-13-41T00:00:00Z' }],
  ['a time as a number', { nextAttemptAt: 5 }],
  ['a time that no database holds', { nextAttemptAt: '+275760-09-13T00:00:00Z' }],
  ['a schedule that is a text', { retryScheduleS: 'abc' }],
  ['a schedule that is a number', { retryScheduleS: 5 }],
  ['waits of no length', { retryScheduleS: [1, null] }],
  ['waits without end', { retryScheduleS: [1e300] }],
  ['waits that are past', { retryScheduleS: [-1] }],
])('a reschedule to %s is not heeded', async (_, asked) => {
  const delivery = await asleep(500);
  const before = await statusOf(delivery.id);
  await signal(delivery.id, 'reschedule', [json({ by: 'alice', ...asked })]);
  await waitUntil(
    () => timersOf(posthaste.client, delivery.id),
    ({ length }) => length === 2,
  );
  expect(await statusOf(delivery.id)).toEqual(before);
  await goesOn(delivery, 1);
});

test('what workflows of earlier days have passed on unread is not heeded, either', async () => {
  const workflowBundlePath = join(temporaryFolder(), 'workflows.js');
  await writeFile(workflowBundlePath, await bundleKept('workflows-2026-11-24.js'));
  const earlier = await startPosthaste({ workflowBundlePath });
  try {
    const { merchant, id } = await one.asleep({ posthaste: earlier, receiver }, [500]);
    await earlier.client.workflow.getHandle(id).signal('reschedule', { nextAttemptAt: 'tomorrow' });
    await merchant.command(id, 'retry');
    await merchant.until(id, ({ attemptCount }) => attemptCount === 2);
  } finally {
    await earlier.stop();
  }
}, 60_000);

test('a reschedule to a far day is heeded as far as the API would', async () => {
  const { merchant, id } = await asleep();
  await signal(id, 'reschedule', [json({ by: 'alice', nextAttemptAt: '9999-12-31T23:59:59Z' })]);
  const inDays = (time = '') => Math.round((Date.parse(time) - Date.now()) / 86_400_000);
  await merchant.until(id, ({ nextAttemptAt }) => inDays(nextAttemptAt) === 30);
  expect((await merchant.log(id)).entries).toContainEqual(
    expect.objectContaining({ kind: 'changed', change: 'reschedule', by: 'alice' }),
  );
  expect(await merchant.command(id, 'cancel')).toMatchObject({ status: 'cancelled' });
});

test.for(ANYTHING)('retryNow and cancel with %s', async ([what, payloads]) => {
  const { merchant, id } = await asleep(500);
  await signal(id, 'retryNow', payloads);
  // It says which sleep it means, and that is none.
  const isMeant = !['fields of the wrong kinds', 'who cannot be written down'].includes(what);
  if (isMeant) await merchant.until(id, ({ attemptCount }) => attemptCount === 2);
  await signal(id, 'cancel', payloads);
  expect(await merchant.until(id, 'cancelled')).toMatchObject({ attemptCount: isMeant ? 2 : 1 });
  expect((await merchant.log(id)).entries).toContainEqual(
    expect.objectContaining({ kind: 'changed', change: 'cancel', by: 'temporal' }),
  );
});

test('whatever a recovery is sent, it does what the signals say', async () => {
  const { merchant } = await one.sent({ posthaste, receiver }, [200]);
  const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/recovered') });
  await afterOutage(posthaste, { accountId: merchant.id, id: endpointId }, 120);
  await merchant.pause(endpointId);
  const { start, until } = recovering(merchant);
  const { id } = await start(endpointId);
  await until(id, ({ resent }) => resent === 100);
  for (const [, payloads] of ANYTHING) {
    await signal(id, 'pause', payloads);
    await until(id, ({ status }) => status === 'paused');
    await signal(id, 'resume', payloads);
    await until(id, ({ status }) => status === 'running');
  }
  await signal(id, 'cancel', []);
  await until(id, ({ status }) => status === 'cancelled');
  // It is told a moment after the record has it.
  await waitUntil(
    () => posthaste.client.workflow.getHandle(id).query(progress),
    (told) => told?.status === 'cancelled',
  );
}, 120_000);
