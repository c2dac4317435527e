import { afterAll, beforeAll, expect, test } from 'vitest';
import { timersOf } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { freshDatabase } from '../support/postgres.ts';
import { startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';

let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

test('stopping waits for a POST that is under way and records it; a start resumes sleeping deliveries', async () => {
  const { databaseUrl, drop } = await freshDatabase();
  const first = await startPosthaste({ databaseUrl });
  const merchant = await openAccount(first);
  receiver.script('/slow', answer(500, { delayMs: 1000 }), 200);
  await merchant.endpoint({ url: receiver.url('/slow'), retrySchedule: [2] });
  const id = await merchant.deliver('order.completed');
  await receiver.waitFor(1);
  await first.stop();
  expect(receiver.requests).toHaveLength(1);
  await expect(first.api.call('GET', '/healthz')).rejects.toThrow();

  const second = await startPosthaste(first.parts);
  try {
    const again = { ...merchant };
    const { body } = await second.api.call<{ attempts: object[] }>(
      'GET',
      `/v1/accounts/${again.id}/deliveries/${id}`,
    );
    expect(body.attempts[0]).toMatchObject({ number: 1, responseStatus: 500, error: 'server_error' });
    const delivery = await waitUntil(
      () =>
        second.api.call<{ status: string; attempts: object[] }>(
          'GET',
          `/v1/accounts/${again.id}/deliveries/${id}`,
        ),
      ({ body: { status } }) => status === 'succeeded',
    );
    expect(delivery.body.attempts).toMatchObject([{ number: 1 }, { number: 2, responseStatus: 200 }]);
    expect(await timersOf(second.client, id)).toEqual([2000]);
    expect(receiver.requests).toHaveLength(2);
  } finally {
    await second.stop();
    await drop();
  }
});
