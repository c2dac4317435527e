import { expect, test } from 'vitest';
import { carriageOf, carriedIn } from '../../src/domain/burst.ts';

const DELIVERIES = [
  { id: 'dlv_1', accountId: 'a', endpointId: 'ep_1' },
  { id: 'dlv_2', accountId: 'b', endpointId: 'ep_3' },
  { id: 'dlv_3', accountId: 'a', endpointId: 'ep_2' },
  { id: 'dlv_4', accountId: 'a', endpointId: 'ep_1' },
];

test('a burst names each account and each endpoint once, and their deliveries in order', () => {
  expect(carriageOf(DELIVERIES)).toEqual({
    a: { ep_1: ['dlv_1', 'dlv_4'], ep_2: ['dlv_3'] },
    b: { ep_3: ['dlv_2'] },
  });
});

test('what it carries is told with whose it is, each once', () => {
  const carried = carriedIn(carriageOf(DELIVERIES));
  expect(carried).toHaveLength(DELIVERIES.length);
  expect(carried).toEqual(
    expect.arrayContaining(DELIVERIES.map(({ id, ...whose }) => ({ deliveryId: id, ...whose }))),
  );
});

test('of nothing comes nothing', () => {
  expect(carriageOf([])).toEqual({});
  expect(carriedIn({})).toEqual([]);
});
