import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogEntry } from '../../src/domain/story.ts';
import { timersOf, workflowEnded } from '../support/history.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

let posthaste: Posthaste;
let receiver: Receiver;

beforeAll(async () => {
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
});
afterAll(async () => {
  await posthaste.stop();
  await receiver.close();
});

async function asleep(...steps: number[]) {
  const merchant = await openAccount(posthaste);
  const path = `/${merchant.id}`;
  receiver.script(path, 500, ...steps);
  const endpoint = await merchant.endpoint({ url: receiver.url(path) });
  const id = await merchant.deliver('order.completed');
  await timersStarted(id, 1);
  return { merchant, endpoint, id };
}

function timersStarted(id: string, n: number) {
  return waitUntil(
    () => timersOf(posthaste.client, id),
    (timers) => timers.length === n,
  );
}

/** The log as told by a process on the same database whose Temporal does not have the workflow (any more). */
async function recordedLog(merchant: Merchant, id: string): Promise<LogEntry[]> {
  const { temporal, ...parts } = posthaste.parts;
  const elsewhere = { ...temporal, namespace: 'temporal-system' };
  const forgetful = await startPosthaste({ ...parts, role: 'api', temporal: elsewhere });
  try {
    const { body } = await forgetful.api.call<{ source: string; entries: LogEntry[] }>(
      'GET',
      `/v1/accounts/${merchant.id}/deliveries/${id}/log`,
    );
    expect(body.source).toBe('record');
    return body.entries;
  } finally {
    await forgetful.stop();
  }
}

/** What a log says, whenever each process noted it. */
function substance(entries: readonly LogEntry[]): object[] {
  return entries.map(({ at, ...entry }) => entry);
}

test('the log tells attempts, waits and who changed what; the workflow and the record tell the same', async () => {
  const { merchant, id } = await asleep(503, 200);
  const key = await merchant.call<{ id: string; key: string }>('POST', '/keys', {
    name: 'support desk',
    scopes: ['read', 'write'],
  });
  const asKey = { authorization: `Bearer ${key.body.key}` };
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await merchant.reschedule(id, { nextAttemptAt: until });
  expect(await merchant.call('POST', `/deliveries/${id}/retry`, undefined, asKey)).toMatchObject({
    status: 202,
  });
  await merchant.until(id, ({ attemptCount }) => attemptCount === 2);
  await timersStarted(id, 3);
  await merchant.command(id, 'retry');
  await merchant.until(id, 'succeeded');
  await workflowEnded(posthaste.client, id);

  const told = await merchant.log(id);
  expect(told.source).toBe('workflow');
  expect(told.entries).toMatchObject([
    { kind: 'attempt', number: 1, responseStatus: 500, error: 'server_error' },
    { kind: 'wait', because: 'retry_schedule' },
    { kind: 'changed', change: 'reschedule', by: 'operator' },
    { kind: 'wait', because: 'rescheduled', until },
    { kind: 'changed', change: 'retry', by: key.body.id },
    { kind: 'attempt', number: 2, responseStatus: 503, error: 'server_error' },
    { kind: 'wait', because: 'retry_schedule' },
    { kind: 'changed', change: 'retry', by: 'operator' },
    { kind: 'attempt', number: 3, responseStatus: 200 },
    { kind: 'ended', status: 'succeeded' },
  ]);
  const times = told.entries.map(({ at }) => at);
  expect([...times].sort()).toEqual(times);

  expect(substance(await recordedLog(merchant, id))).toEqual(substance(told.entries));
});

test('an edited endpoint and a cancel show in both', async () => {
  const { merchant, endpoint, id } = await asleep(200);
  await merchant.editEndpoint(endpoint.id, { retrySchedule: [7200] });
  await waitUntil(
    () => merchant.log(id),
    ({ entries }) => entries.at(-1)?.kind === 'wait' && entries.length > 2,
  );
  await merchant.command(id, 'cancel');
  await workflowEnded(posthaste.client, id);
  const { entries } = await merchant.log(id);
  expect(entries).toMatchObject([
    { kind: 'attempt', number: 1 },
    { kind: 'wait', because: 'retry_schedule' },
    { kind: 'changed', change: 'endpoint_changed', by: 'operator' },
    { kind: 'wait', because: 'endpoint_changed' },
    { kind: 'changed', change: 'cancel', by: 'operator' },
    { kind: 'ended', status: 'cancelled' },
  ]);
  const recorded = substance(await recordedLog(merchant, id));
  const withoutTheMovedWait = entries.filter(
    (entry) => entry.kind !== 'wait' || entry.because === 'retry_schedule',
  );
  expect(recorded).toEqual(substance(withoutTheMovedWait));
});

test('a pause during a sleep shows in both', async () => {
  const { merchant, endpoint, id } = await asleep(200);
  await merchant.pause(endpoint.id);
  await merchant.command(id, 'retry');
  await merchant.until(id, 'held');
  await merchant.resume(endpoint.id);
  await merchant.until(id, 'succeeded');
  await workflowEnded(posthaste.client, id);
  const { entries } = await merchant.log(id);
  expect(entries).toMatchObject([
    { kind: 'attempt', number: 1 },
    { kind: 'wait', because: 'retry_schedule' },
    { kind: 'changed', change: 'retry', by: 'operator' },
    { kind: 'held', because: 'paused' },
    { kind: 'changed', change: 'endpoint_changed', by: 'operator' },
    { kind: 'attempt', number: 2, responseStatus: 200 },
    { kind: 'ended', status: 'succeeded' },
  ]);
  // That the endpoint was paused is on its record; the sleeping delivery only noticed when it woke.
  const recorded = substance(await recordedLog(merchant, id));
  expect(recorded).toEqual([
    ...substance(entries.slice(0, 2)),
    { kind: 'changed', change: 'endpoint_changed', by: 'operator' },
    ...substance(entries.slice(2)),
  ]);
});

test('a log of a delivery that waits for its time, and of a refused one', async () => {
  const merchant = await openAccount(posthaste);
  receiver.script(`/${merchant.id}`, 404);
  await merchant.endpoint({ url: receiver.url(`/${merchant.id}`) });
  const deliverAt = new Date(Date.now() + 5000).toISOString();
  const id = await merchant.deliver('order.completed', undefined, { deliverAt });
  await merchant.until(id, 'failed', 30_000);
  await workflowEnded(posthaste.client, id);
  const { entries } = await merchant.log(id);
  expect(entries).toMatchObject([
    { kind: 'wait', because: 'deliver_at', until: deliverAt },
    { kind: 'attempt', number: 1, responseStatus: 404, error: 'rejected' },
    { kind: 'ended', status: 'failed', reason: 'rejected' },
  ]);
  expect(substance(await recordedLog(merchant, id))).toEqual(substance(entries));
});
