import { expect, test } from 'vitest';
import { createWakeUps } from '../../src/api/wake-ups.ts';

const LONG_MS = 60_000;

test('whoever sleeps is woken by the topic, and by no other', async () => {
  const wakeUps = createWakeUps();
  const [one, another] = [wakeUps.sleeperOn('a'), wakeUps.sleeperOn('b')];
  let isAsleep = true;
  const slept = another.sleep(LONG_MS).then(() => {
    isAsleep = false;
  });
  const woken = one.sleep(LONG_MS);
  wakeUps.wake('a');
  await woken;
  expect(isAsleep).toBe(true);
  another.close();
  await slept;
});

test('what comes while nobody sleeps is not missed, and wakes once', async () => {
  const wakeUps = createWakeUps();
  const sleeper = wakeUps.sleeperOn('a');
  wakeUps.wake('a');
  await sleeper.sleep(LONG_MS);
  const begun = performance.now();
  await sleeper.sleep(50);
  expect(performance.now() - begun).toBeGreaterThan(40);
});

test('all who sleep on a topic are woken, but for those that have closed', async () => {
  const wakeUps = createWakeUps();
  const [first, second, closed] = ['a', 'a', 'a'].map((topic) => wakeUps.sleeperOn(topic));
  closed?.close();
  const both = Promise.all([first?.sleep(LONG_MS), second?.sleep(LONG_MS)]);
  wakeUps.wake('a');
  await both;
  second?.close();
  const last = first?.sleep(LONG_MS);
  wakeUps.wake('a');
  await last;
});
