import { expect, test } from 'vitest';
import { createTaskRoom } from '../../activities/task-room.ts';

function room() {
  let time = 0;
  const { ride, watch } = createTaskRoom(() => time);
  const ending = (begin: (work: Promise<string>) => Promise<string>) => {
    let end = () => {};
    const ended = begin(
      new Promise((resolve) => {
        end = () => resolve('done');
      }),
    );
    return { ended, end };
  };
  return {
    pass: (ms: number) => {
      time += ms;
    },
    /** A ride that lasts until it is told to end. */
    begin: (accountId: string) =>
      ending((work) => ride({ accountId, endpointId: accountId }, () => work, 'full')),
    /** A POST that lasts until it is told to end. */
    post: (endpointId: string) => ending((work) => watch(endpointId, work)),
    tries: (accountId: string, endpointId: string) =>
      ride({ accountId, endpointId }, async () => 'rode', 'full'),
  };
}

test('an endpoint that takes long to answer goes apart from then on, for a minute', async () => {
  const { pass, post, tries } = room();
  const slow = post('slow');
  pass(1001);
  expect(await tries('shop', 'slow')).toBe('full');
  expect(await tries('shop', 'quick')).toBe('rode');
  slow.end();
  expect(await slow.ended).toBe('done');
  expect(await tries('shop', 'slow')).toBe('full');
  pass(60_001);
  expect(await tries('shop', 'slow')).toBe('rode');
});

test('accounts that ride at once share the room, and all take no more than there is', async () => {
  const { begin, tries } = room();
  begin('two');
  const one = Array.from({ length: 80 }, () => begin('one'));
  expect(await tries('one', 'a')).toBe('full');
  expect(await tries('two', 'b')).toBe('rode');
  Array.from({ length: 79 }, () => begin('two'));
  expect(await tries('three', 'c')).toBe('full');
  for (const { end } of one) end();
  await Promise.all(one.map(({ ended }) => ended));
  expect(await tries('three', 'c')).toBe('rode');
});

test('an account that rides alone has all the room', async () => {
  const { begin, tries } = room();
  Array.from({ length: 160 }, () => begin('one'));
  expect(await tries('one', 'a')).toBe('full');
});

test('a ride that fails gives its room back', async () => {
  const { ride } = createTaskRoom();
  const whose = { accountId: 'a', endpointId: 'e' };
  const failing = Array.from({ length: 200 }, () =>
    ride(whose, () => Promise.reject(new Error('no')), 'full').catch(() => 'failed'),
  );
  await Promise.all(failing);
  expect(await ride(whose, async () => 'rode', 'full')).toBe('rode');
});
