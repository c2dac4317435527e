import { expect, test } from 'vitest';
import { createEndpointTurns } from '../../activities/endpoint-turns.ts';

test('attempts beyond what an endpoint may get wait for those before them, in their order', async () => {
  const turns = createEndpointTurns();
  turns.learn('ep', 2);
  const [first, second] = [await turns.take('ep'), await turns.take('ep')];
  const came: number[] = [];
  const later = [3, 4].map((n) => turns.take('ep').then(() => came.push(n)));
  await new Promise(setImmediate);
  expect(came).toEqual([]);
  (await turns.take('another'))();
  first();
  await later[0];
  expect(came).toEqual([3]);
  second();
  await later[1];
  expect(came).toEqual([3, 4]);
});

test('nobody waits longer than a while', async () => {
  const turns = createEndpointTurns(20);
  turns.learn('ep', 1);
  await turns.take('ep');
  await turns.take('ep');
});

test('who ends makes no room beyond the limit', async () => {
  const turns = createEndpointTurns(20);
  turns.learn('ep', 1);
  const one = await turns.take('ep');
  // Came in after its while, beside the first.
  const two = await turns.take('ep');
  let came = false;
  const three = turns.take('ep').then(() => {
    came = true;
  });
  one();
  await new Promise(setImmediate);
  expect(came).toBe(false);
  two();
  await three;
  expect(came).toBe(true);
});
