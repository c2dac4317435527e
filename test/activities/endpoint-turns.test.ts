import { expect, test } from 'vitest';
import { createEndpointTurns } from '../../activities/endpoint-turns.ts';
import { waitUntil } from '../support/wait.ts';

/** Turns at one endpoint, each lasting until it is told to end. */
function turnsOf(limit: number, longestWaitMs?: number) {
  const turns = createEndpointTurns(longestWaitMs);
  turns.learn('ep', limit);
  const came: number[] = [];
  return {
    came,
    begin(n: number, endpointId = 'ep') {
      let end = () => {};
      const over = new Promise<void>((resolve) => {
        end = resolve;
      });
      const ended = turns.inTurn(endpointId, () => {
        came.push(n);
        return over;
      });
      return { ended, end: () => end() };
    },
  };
}

const settled = () => new Promise(setImmediate);

test('attempts beyond what an endpoint may get wait for those before them, in their order', async () => {
  const { begin, came } = turnsOf(2);
  const [first, second] = [1, 2, 3, 4].map((n) => begin(n));
  begin(5, 'another');
  await settled();
  expect(came).toEqual([1, 2, 5]);
  first?.end();
  await settled();
  expect(came).toEqual([1, 2, 5, 3]);
  second?.end();
  await settled();
  expect(came).toEqual([1, 2, 5, 3, 4]);
});

test('nobody waits longer than a while', async () => {
  const { begin, came } = turnsOf(1, 20);
  begin(1);
  begin(2);
  await waitUntil(() => came.length === 2);
});

test('who ends makes no room beyond the limit', async () => {
  const { begin, came } = turnsOf(1, 300);
  const first = begin(1);
  const second = begin(2);
  // The second comes in after its while, beside the first.
  await waitUntil(() => came.length === 2);
  begin(3);
  first.end();
  await settled();
  expect(came).toEqual([1, 2]);
  second.end();
  await settled();
  expect(came).toEqual([1, 2, 3]);
});
