import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { answer } from '../support/steps.ts';
import { counting } from './support/counting.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered, untilDeliveries, untilInTemporal } from './support/outcome.ts';
import { seededRandom } from './support/random.ts';
import { openStage } from './support/stage.ts';
import { type Accepted, holdPosts, openShop, sendPatiently, someEvents } from './support/traffic.ts';

/** The default of `maxConcurrency`. */
const MOST_AT_ONE_ENDPOINT = 32;

/** Within the longest that an endpoint may take for its answer. */
const FROZEN_MS = 12_000;
const AFTER_MS = 2000;

test.concurrent.for(['off', 'on'] as const)(
  'what was taken in while no worker ran is delivered when one comes (bursts %s)',
  async (bursts, context) => {
    const events = 300;
    const wave = 25;
    const stage = await openStage(context, { bursts });
    const { receiver } = stage;
    await stage.start('api');
    const merchant = await openShop(stage);
    const crowd = counting(answer(200, { delayMs: 50 }));
    receiver.script('/hook', crowd.step);

    const accepted: Accepted[] = [];
    for (const sent of waves(someEvents(events), wave))
      accepted.push(...(await sendPatiently(stage, merchant, sent)));
    await untilInTemporal(stage, events);
    expect((await stage.api.call<{ checks: object }>('GET', '/readyz')).body.checks).toMatchObject({
      worker: { ok: false },
    });
    expect(receiver.requests).toHaveLength(0);

    const since = performance.now();
    await stage.start('worker');
    const figures = await expectAllDelivered(stage, merchant, accepted, { since });
    expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
    // Many travel side by side, so none is far from its place rather than each at it.
    const offPlace = receiver.requests.map(({ body }, place) =>
      Math.abs(JSON.parse(String(body)).data.n - place),
    );
    const meanOffPlace = Math.round(offPlace.reduce((sum, off) => sum + off, 0) / events);
    figure(`worker away, bursts ${bursts}`, { ...figures, meanOffPlace, atOnce: crowd.most() });
    // In no order at all it would be a third of them. A burst overtakes workflows of one delivery each, which cost more.
    if (bursts === 'off') expect(meanOffPlace).toBeLessThan(events / 5);
    expect(crowd.most()).toBeLessThanOrEqual(MOST_AT_ONE_ENDPOINT);
  },
);

test.concurrent.for([0, 1])(
  'two relays on one outbox, %i of them killed, start each delivery once and send one POST for it',
  async (killed, context) => {
    const stage = await openStage(context);
    const { temporal, receiver } = stage;
    const first = await stage.start();
    await stage.start();
    const merchant = await openShop(stage);
    receiver.script('/hook', answer(200, { delayMs: 100 }));
    // Nothing can be started: all of it is left to the sweeps of both.
    temporal.cut();
    const accepted = await sendPatiently(stage, merchant, someEvents(60));
    temporal.mend();
    const since = performance.now();
    if (killed > 0) {
      await receiver.waitFor(10, 60_000);
      first.kill();
    }
    const figures = await expectAllDelivered(stage, merchant, accepted, { kills: killed, since });
    if (killed === 0) expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
    figure(`two relays, ${killed} killed`, figures);
  },
);

test.concurrent.for([
  [1, 'on'],
  [1, 'always'],
  [2, 'on'],
] as const)(
  'a process asked to stop during attempt %i of many finishes and records them, bursts %s',
  async ([attempts, bursts], context) => {
    const events = 20;
    const stage = await openStage(context, { bursts });
    const { receiver } = stage;
    const first = await stage.start();
    const merchant = await openShop(stage, { retrySchedule: attempts > 1 ? [2] : [] });
    const failing = Array.from({ length: (attempts - 1) * events }, () => 500);
    receiver.script('/hook', ...failing, answer(200, { delayMs: 3000 }));
    const accepted = await sendPatiently(stage, merchant, someEvents(events));
    await receiver.waitFor(attempts * events, 60_000);

    const since = performance.now();
    first.terminate();
    expect(await first.ended).toBe(0);
    const stoppedInMs = Math.round(performance.now() - since);
    expect(stoppedInMs).toBeLessThan(35_000);
    await untilDeliveries(stage, events, `status = 'succeeded'`);
    await stage.start();
    const figures = await expectAllDelivered(stage, merchant, accepted, { attempts, since });
    expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
    figure(`stopped during attempt ${attempts}, bursts ${bursts}`, { ...figures, stoppedInMs });
  },
);

test.concurrent('a process that stands still in the middle of its POSTs goes on with them', async (context) => {
  const events = 20;
  const stage = await openStage(context);
  const child = await stage.start();
  const merchant = await openShop(stage);
  const { held, accepted } = await holdPosts(stage, merchant, events);
  child.freeze();
  // Longer than Temporal waits for a workflow task: it has given all of them up, and hands them out again.
  await delay(FROZEN_MS);
  child.thaw();
  await delay(AFTER_MS);
  held.open();
  const since = performance.now();
  const figures = await expectAllDelivered(stage, merchant, accepted, { since });
  expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
  figure('stood still', { ...figures, frozenMs: FROZEN_MS });
});

test.concurrent('killed again and again at any moment, nothing is lost', async (context) => {
  const kills = 5;
  const random = seededRandom(20_251);
  const stage = await openStage(context);
  const { receiver } = stage;
  let child = await stage.start();
  const merchant = await openShop(stage);
  receiver.script('/hook', answer(200, { delayMs: 200 }));

  const sending: Promise<Accepted[]>[] = [];
  for (const sent of waves(someEvents(150), 30)) {
    sending.push(sendPatiently(stage, merchant, sent));
    await receiver.waitFor(receiver.requests.length + 1 + Math.floor(random() * 25), 90_000);
    child.kill();
    await child.ended;
    child = await stage.start();
  }
  const since = performance.now();
  const accepted = (await Promise.all(sending)).flat();
  const figures = await expectAllDelivered(stage, merchant, accepted, { kills, since });
  figure('killed again and again', figures);
});

function waves<T>(all: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
