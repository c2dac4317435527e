import { expect, test } from 'vitest';
import { createTaskRoom } from '../../activities/task-room.ts';

function room() {
  let time = 0;
  const { ride } = createTaskRoom(() => time);
  return {
    pass: (ms: number) => {
      time += ms;
    },
    /** Rides until it is told to end; `full` when it may not. */
    begin(accountId: string, endpointId: string) {
      let end = () => {};
      const ended = ride<string>(
        { accountId, endpointId },
        () =>
          new Promise((resolve) => {
            end = () => resolve('rode');
          }),
        'full',
      );
      return { ended, end: () => end() };
    },
    tries: (accountId: string, endpointId: string) =>
      ride({ accountId, endpointId }, async () => 'rode', 'full'),
  };
}

test('an endpoint that takes long goes apart from then on, for a minute', async () => {
  const { pass, begin, tries } = room();
  const slow = begin('shop', 'slow');
  pass(1001);
  expect(await tries('shop', 'slow')).toBe('full');
  expect(await tries('shop', 'quick')).toBe('rode');
  slow.end();
  expect(await slow.ended).toBe('rode');
  expect(await tries('shop', 'slow')).toBe('full');
  pass(60_001);
  expect(await tries('shop', 'slow')).toBe('rode');
});

test('one account takes half of the room at most, and all take no more than there is', async () => {
  const { begin, tries } = room();
  const one = Array.from({ length: 64 }, (_, n) => begin('one', `a${n}`));
  expect(await tries('one', 'another')).toBe('full');
  expect(await tries('two', 'b')).toBe('rode');
  Array.from({ length: 64 }, (_, n) => begin('two', `b${n}`));
  expect(await tries('three', 'c')).toBe('full');
  for (const { end } of one) end();
  await Promise.all(one.map(({ ended }) => ended));
  expect(await tries('three', 'c')).toBe('rode');
});

test('a ride that fails gives its room back', async () => {
  const { ride } = createTaskRoom();
  const failing = Array.from({ length: 200 }, () =>
    ride({ accountId: 'a', endpointId: 'e' }, () => Promise.reject(new Error('no')), 'full').catch(
      () => 'failed',
    ),
  );
  await Promise.all(failing);
  expect(await ride({ accountId: 'a', endpointId: 'e' }, async () => 'rode', 'full')).toBe('rode');
});
