import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { exportHistory, historyOf } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { BURST_LIVES } from './burst-lives.ts';
import { keepWorkflows } from './kept-workflows.ts';
import { LIVES, type Life } from './lives.ts';

const HISTORIES = fileURLToPath(new URL('../histories/', import.meta.url));

function isEnd(event: Awaited<ReturnType<typeof historyOf>>[number] | undefined): boolean {
  const ended =
    event?.workflowExecutionCompletedEventAttributes ?? event?.workflowExecutionCanceledEventAttributes;
  return ended !== undefined && ended !== null;
}

/**
 * Leads deliveries and bursts through every life on the real stack and writes down its history, for the replay test. A
 * history stands for the workflows that were running when it was recorded, which are kept beside it: add new ones
 * beside the old.
 */
describe.skipIf(!process.env.RECORD_HISTORIES)('recording', () => {
  let posthaste: Posthaste;
  let inBursts: Posthaste;
  let receiver: Receiver;

  beforeAll(async () => {
    [posthaste, inBursts, receiver] = await Promise.all([
      startPosthaste({ bursts: 'off' }),
      startPosthaste({ bursts: 'always' }),
      startReceiver(),
    ]);
    await mkdir(HISTORIES, { recursive: true });
    await keepWorkflows();
  });
  afterAll(async () => {
    await posthaste.stop();
    await inBursts.stop();
    await receiver.close();
  });

  test.each(Object.entries(LIVES))('%s', (name, life) => record(posthaste, name, life));

  test.each(Object.entries(BURST_LIVES))('%s', (name, life) => record(inBursts, name, life));

  async function record(product: Posthaste, name: string, life: Life): Promise<void> {
    const merchant = await openAccount(product);
    const id = await life({ posthaste: product, receiver, merchant });
    await waitUntil(
      () => historyOf(product.client, id),
      (events) => isEnd(events.at(-1)),
    );
    const text = await exportHistory(product.client, id);
    // Who recorded it is of no interest to anyone.
    const anonymous = text.replaceAll(`${process.pid}@${hostname()}`, 'worker');
    await writeFile(`${HISTORIES}${name}.json`, anonymous);
  }
});
