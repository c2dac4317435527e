import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { answer } from '../support/steps.ts';
import { counting } from './support/counting.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered } from './support/outcome.ts';
import { openStage, type Stage } from './support/stage.ts';
import { addEndpoint, openShop, sendPatiently, someEvents } from './support/traffic.ts';

const HERD = 600;
/** Long enough for all of them to be asleep before they are due. */
const DUE_IN_MS = 75_000;
/** The default of `maxConcurrency`. */
const MOST_AT_ONE_ENDPOINT = 32;

const SAMPLES = 16;
const EVERY_MS = 250;

test('deliveries that are due at once keep to their endpoint, and delay another account by little', async (context) => {
  const stage = await openStage(context);
  const { receiver } = stage;
  await stage.start();
  const herd = await openShop(stage);
  const crowd = counting(answer(200, { delayMs: 50 }));
  receiver.script('/hook', crowd.step);
  const other = await openAccount(stage);
  await addEndpoint(stage, other, '/other');

  const dueAt = Date.now() + DUE_IN_MS;
  const deliverAt = new Date(dueAt).toISOString();
  const accepted = await sendPatiently(stage, herd, someEvents(HERD, { deliverAt }));
  // Sleepers of the other account: some that are due alone, and some that are due with the herd.
  const sleepers = 10;
  const aloneAt = dueAt - 15_000;
  for (let n = 0; n < sleepers; n++) {
    await other.send('other.type', { n }, { id: `alone-${n}`, deliverAt: new Date(aloneAt).toISOString() });
    await other.send('other.type', { n }, { id: `among-${n}`, deliverAt });
  }
  await untilStarted(stage);
  await latencies(stage, other, 'warm');
  const quiet = await latencies(stage, other, 'quiet');
  expect(Date.now()).toBeLessThan(aloneAt);
  expect(receiver.requests.filter(({ path }) => path === '/hook')).toHaveLength(0);

  await delay(Math.max(0, dueAt + 500 - Date.now()));
  const since = performance.now();
  const pressed = await latencies(stage, other, 'pressed');
  const underWay = receiver.requests.filter(({ path }) => path === '/hook').length;
  const alone = await lateness(stage, 'alone', aloneAt, sleepers);
  const among = await lateness(stage, 'among', dueAt, sleepers);
  const figures = await expectAllDelivered(stage, herd, accepted, { since });
  figure('herd', {
    ...figures,
    atOnce: crowd.most(),
    quietP50Ms: at(quiet, 0.5),
    quietP99Ms: at(quiet, 0.99),
    pressedP50Ms: at(pressed, 0.5),
    pressedP99Ms: at(pressed, 0.99),
    aloneLateMs: at(alone, 1),
    amongLateMs: at(among, 1),
  });
  expect(figures).toMatchObject({ duplicates: 0 });
  expect(crowd.most()).toBeLessThanOrEqual(MOST_AT_ONE_ENDPOINT);
  // The herd was there all the while.
  expect(underWay).toBeLessThan(HERD);
  // In line behind the herd it would take as long as all of it does.
  expect(at(pressed, 0.99)).toBeLessThan((figures.recoveredMs ?? 0) / 2);
  // A wake-up knows no turns of accounts: those that are due with the herd come with it, at its end at the latest.
  expect(at(among, 1)).toBeLessThan((figures.recoveredMs ?? 0) * 1.25);
});

async function untilStarted({ database }: Stage): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ n: number }>(
      'select count(*)::int as n from deliveries where started_at is null',
    );
    if (rows[0]?.n === 0) return;
    await delay(200);
  }
}

/** Milliseconds from request to receipt of events that are sent one after another, shortest first. */
async function latencies({ receiver }: Stage, merchant: Merchant, name: string): Promise<number[]> {
  const sentAt = new Map<string, number>();
  for (let n = 0; n < SAMPLES; n++) {
    const id = `${name}-${n}`;
    sentAt.set(id, Date.now());
    void merchant.send('other.type', { n }, { id });
    await delay(EVERY_MS);
  }
  const came = () => receiver.requests.filter(({ headers }) => sentAt.has(headers['webhook-id'] ?? ''));
  await receiver.waitFor(() => came().length === SAMPLES, 120_000);
  return came()
    .map(({ headers, receivedAt }) => receivedAt.getTime() - (sentAt.get(headers['webhook-id'] ?? '') ?? 0))
    .sort((a, b) => a - b);
}

/** Milliseconds after their time at which deliveries came, shortest first. */
async function lateness({ receiver }: Stage, name: string, dueAt: number, count: number): Promise<number[]> {
  const came = () => receiver.requests.filter(({ headers }) => headers['webhook-id']?.startsWith(`${name}-`));
  await receiver.waitFor(() => came().length === count, 120_000);
  return came()
    .map(({ receivedAt }) => receivedAt.getTime() - dueAt)
    .sort((a, b) => a - b);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}
