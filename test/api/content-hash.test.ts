import { expect, test } from 'vitest';
import { contentHash } from '../../src/api/content-hash.ts';

const event = {
  event: 'order.completed',
  data: { b: 1, a: 'x' },
  createdAt: new Date('2026-01-02T03:04:05Z'),
};

test('an event without an ordering key has the hash that it had before there were any', () => {
  expect(contentHash(event)).toBe('dc216bffc2bf5594bea1aac2d7367a1a8855b59a19d9e1d2870e937f8bb00b31');
});

test('events of two keys, or of one and of none, are not the same', () => {
  const hashes = [undefined, 'ann', 'bob'].map((orderingKey) => contentHash({ ...event, orderingKey }));
  expect(new Set(hashes).size).toBe(3);
});
