import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { DeliveryAnswer } from '../../src/api/delivery-view.ts';
import type { Merchant } from '../support/merchant.ts';
import { answer } from '../support/steps.ts';
import { figure } from './support/figures.ts';
import { expectCarriedOnce, postsOf } from './support/outcome.ts';
import { seededRandom } from './support/random.ts';
import { openStage, type Stage } from './support/stage.ts';
import { openShop, sendPatiently, someEvents } from './support/traffic.ts';

const SEED = 47;
const DELIVERIES = 20;
const ROUNDS = 12;
const COMMANDS = ['retry', 'cancel', 'resend'] as const;
type Command = (typeof COMMANDS)[number];

/** Two presses at once, and how they were answered. */
interface Pair {
  deliveryId: string;
  presses: { command: Command; status: number; id?: string }[];
}

test('two presses of retry, cancel and resend, in any order: each means one thing, once', async (context) => {
  const random = seededRandom(SEED);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const stage = await openStage(context);
  await stage.start();
  // So long are its waits, that every attempt but the first was asked for.
  const merchant = await openShop(stage, { retrySchedule: Array.from({ length: 20 }, () => 3600) });
  stage.receiver.script('/hook', async (socket, request) => {
    const isLast = Number(request.headers['posthaste-attempt']) > 2;
    await answer(isLast ? 200 : 500, { delayMs: 20 })(socket, request);
  });
  const accepted = await sendPatiently(stage, merchant, someEvents(DELIVERIES));

  const pairs: Pair[] = [];
  const playOn = accepted.map(({ answer }) => {
    const own = [answer.deliveries[0]?.id ?? ''];
    const rounds = Array.from({ length: ROUNDS }, () => ({
      commands: [pick(COMMANDS), pick(COMMANDS)] as const,
      whom: random(),
      pauseMs: random() * 400,
    }));
    return async () => {
      for (const { commands, whom, pauseMs } of rounds) {
        await delay(pauseMs);
        const deliveryId = own[Math.floor(whom * own.length)] ?? '';
        const presses = await Promise.all(commands.map((command) => press(merchant, deliveryId, command)));
        pairs.push({ deliveryId, presses });
        for (const { command, status, id } of presses)
          if (command === 'resend' && status === 202 && id && !own.includes(id)) own.push(id);
      }
      return own;
    };
  });
  const ids = (await Promise.all(playOn.map((play) => play()))).flat();

  const deliveries = await Promise.all(ids.map((id) => endedOrCancelled(merchant, id)));
  for (const delivery of deliveries) expectEachPressToMeanOneThing(stage, delivery, pairs);
  await expectResendsOneAfterAnother(stage);
  const carried = await expectCarriedOnce(stage, ids);
  const pressed = pairs.flatMap(({ presses }) => presses);
  expect(new Set(pressed.map(({ status }) => status))).toEqual(new Set([202, 409]));
  figure('presses in any order', {
    seed: SEED,
    events: DELIVERIES,
    presses: pressed.length,
    heeded: pressed.filter(({ status }) => status === 202).length,
    resends: ids.length - DELIVERIES,
    posts: stage.receiver.requests.length,
    ...carried,
  });
});

async function press(
  merchant: Merchant,
  deliveryId: string,
  command: Command,
): Promise<Pair['presses'][number]> {
  const { status, body } = await merchant.call<{ id?: string }>(
    'POST',
    `/deliveries/${deliveryId}/${command}`,
  );
  return { command, status, ...(body.id !== undefined && { id: body.id }) };
}

/** Its end; one that sleeps for an hour is cancelled first. */
async function endedOrCancelled(merchant: Merchant, id: string): Promise<DeliveryAnswer> {
  const rested = await merchant.until(
    id,
    ({ status }) => !['pending', 'delivering'].includes(status),
    30_000,
  );
  if (rested.status === 'retrying') await merchant.call('POST', `/deliveries/${id}/cancel`);
  return merchant.until(id, ({ status }) => ['succeeded', 'cancelled'].includes(status), 30_000);
}

function expectEachPressToMeanOneThing(stage: Stage, delivery: DeliveryAnswer, pairs: Pair[]): void {
  const { id, attempts, attemptCount, status } = delivery;
  const numbers = attempts.map(({ number }) => number);
  expect(numbers).toEqual(Array.from({ length: attemptCount }, (_, n) => n + 1));
  expect(postsOf(stage, id).map(({ headers }) => Number(headers['posthaste-attempt']))).toEqual(numbers);
  expect(attempts.map(({ responseStatus }) => responseStatus)).toEqual(
    numbers.map((n) => (n > 2 ? 200 : 500)),
  );
  expect(status).toBe(attemptCount > 2 ? 'succeeded' : 'cancelled');

  const heeded = pairs
    .filter(({ deliveryId }) => deliveryId === id)
    .map(({ presses }) => presses.filter((one) => one.command === 'retry' && one.status === 202).length);
  const retries = heeded.reduce((sum, count) => sum + count, 0);
  expect(attemptCount - 1).toBeLessThanOrEqual(retries);
  // A retry that was heeded is an attempt, unless a cancel came first.
  if (status === 'succeeded') expect(attemptCount - 1).toBeGreaterThanOrEqual(heeded.filter(Boolean).length);
}

/** While a resend of a delivery is on its way, there is no second one. */
async function expectResendsOneAfterAnother({ database }: Stage): Promise<void> {
  const { rows: overlapping } = await database.query(
    `select a.id, b.id as other from deliveries a join deliveries b on b.resend_of = a.resend_of and b.id > a.id
     where (a.created_at, a.completed_at) overlaps (b.created_at, b.completed_at)`,
  );
  expect(overlapping).toEqual([]);
}
