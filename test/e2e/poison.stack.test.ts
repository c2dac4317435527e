import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import { openAccount } from '../support/merchant.ts';
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

async function sql(text: string, values: unknown[]): Promise<void> {
  const pool = createPool(posthaste.databaseUrl, () => undefined);
  await pool.query(text, values);
  await pool.end();
}

test('a delivery whose secret is damaged ends with that reason, and the others go out', async () => {
  const merchant = await openAccount(posthaste);
  const broken = await merchant.endpoint({ url: receiver.url('/broken') });
  const whole = await merchant.endpoint({ url: receiver.url('/whole') });
  await sql(
    `update endpoints set secret_sealed = substr(secret_sealed, 1, 20) || 'AAAA' || substr(secret_sealed, 25) where id = $1`,
    [broken.id],
  );
  const { deliveries } = await merchant.send('a.type', { n: 1 });
  const to = (endpointId: string) => deliveries.find((one) => one.endpointId === endpointId)?.id ?? '';
  expect(await merchant.until(to(broken.id), 'failed')).toMatchObject({
    reason: 'secret_unreadable',
    attemptCount: 0,
    attempts: [],
  });
  await merchant.until(to(whole.id), 'succeeded');
  const { entries } = await merchant.log(to(broken.id));
  expect(entries).toMatchObject([{ kind: 'ended', status: 'failed', reason: 'secret_unreadable' }]);

  // A new secret mends it, and what failed can be sent again.
  await merchant.rotate(broken.id);
  const { id: resendId } = await merchant.command(to(broken.id), 'resend');
  await merchant.until(resendId, 'succeeded');
});

test('a damaged secret from before a rotation is left out, and the new one signs', async () => {
  const merchant = await openAccount(posthaste);
  const { id } = await merchant.endpoint({ url: receiver.url('/rotated') });
  await merchant.rotate(id);
  await sql(
    `update endpoints set previous_secret_sealed = substr(previous_secret_sealed, 1, 20) || 'AAAA' ||
       substr(previous_secret_sealed, 25) where id = $1`,
    [id],
  );
  await merchant.until(await merchant.deliver('a.type', { n: 1 }), 'succeeded');
});

test('a workflow of a delivery that the record does not have ends, and holds nobody up', async () => {
  const merchant = await openAccount(posthaste);
  await merchant.endpoint({ url: receiver.url('/beside') });
  const { client, taskQueue } = posthaste;
  const workflowId = `dlv_${randomUUID()}`;
  await client.workflow.start('delivery', { workflowId, taskQueue, args: [{ deliveryId: workflowId }] });
  const id = await merchant.deliver('a.type', { n: 1 });
  await merchant.until(id, 'succeeded');
  const { status } = await waitUntil(
    () => client.workflow.getHandle(workflowId).describe(),
    ({ status: { name } }) => name !== 'RUNNING',
  );
  expect(status.name).toBe('FAILED');
});
