import { expect, test } from 'vitest';
import { gatherEach } from '../../src/db/gather-each.ts';

const settled = () => new Promise(setImmediate);

/** Runs that last until they are told to end. */
function runsOf(keys: number) {
  const begun: { items: string[]; end: () => void }[] = [];
  const call = gatherEach(
    (item: string) => item.charAt(0),
    (items) => new Promise<string[]>((resolve) => begun.push({ items, end: () => resolve(items) })),
    { keys },
  );
  return { call, begun, carried: () => begun.map(({ items }) => items) };
}

test('calls of a key are gathered, and wait for no other key', async () => {
  const { call, begun, carried } = runsOf(2);
  void call('a1');
  await settled();
  const [second, third, other] = ['a2', 'a3', 'b1'].map((item) => call(item));
  await settled();
  expect(carried()).toEqual([['a1'], ['b1']]);
  begun[1]?.end();
  expect(await other).toBe('b1');
  begun[0]?.end();
  await settled();
  expect(carried()).toEqual([['a1'], ['b1'], ['a2', 'a3']]);
  begun[2]?.end();
  expect(await Promise.all([second, third])).toEqual(['a2', 'a3']);
});

test('of more keys than may be in flight the last wait in line', async () => {
  const { call, begun, carried } = runsOf(2);
  for (const item of ['a1', 'b1', 'c1', 'd1']) void call(item);
  await settled();
  expect(carried()).toEqual([['a1'], ['b1']]);
  begun[1]?.end();
  await settled();
  expect(carried()).toEqual([['a1'], ['b1'], ['c1']]);
});
