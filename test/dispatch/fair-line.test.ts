import { expect, test } from 'vitest';
import { createFairLine } from '../../src/dispatch/fair-line.ts';

/** A line of items that begin with their owner's name. */
function lineOf(...items: string[]) {
  const line = createFairLine<string>();
  for (const item of items) line.push(item.slice(0, 1), item);
  return line;
}

test('owners take turns, also from one taking to the next, and the items of one keep their order', () => {
  const line = lineOf('a1', 'a2', 'a3', 'b1', 'b2', 'c1');
  expect(line.take(2)).toEqual(['a1', 'b1']);
  expect(line.length).toBe(4);
  expect(line.take(3)).toEqual(['c1', 'a2', 'b2']);
  expect(line.take(3)).toEqual(['a3']);
  expect(line.length).toBe(0);
  expect(line.take(3)).toEqual([]);
});

test('whoever comes again waits behind those who are there', () => {
  const line = lineOf('a1', 'b1', 'c1');
  expect(line.take(1)).toEqual(['a1']);
  line.push('a', 'a2');
  expect(line.take(3)).toEqual(['b1', 'c1', 'a2']);
});

test('who may not be taken keeps the place, and is next when that is over', () => {
  const line = lineOf('a1', 'a2', 'b1', 'b2', 'c1', 'c2');
  expect(line.take(3, (owner) => owner !== 'a')).toEqual(['b1', 'c1', 'b2']);
  expect(line.length).toBe(3);
  expect(line.take(3)).toEqual(['a1', 'c2', 'a2']);
});

test('where nobody may be taken nothing changes', () => {
  const line = lineOf('a1', 'b1');
  expect(line.take(5, () => false)).toEqual([]);
  expect(line.length).toBe(2);
  expect(line.take(5)).toEqual(['a1', 'b1']);
});

test('of whoever has most waiting the latest is dropped', () => {
  const line = lineOf('a1', 'b1', 'b2', 'b3', 'c1');
  expect([line.dropLatest(), line.dropLatest()]).toEqual(['b3', 'b2']);
  expect(line.length).toBe(3);
  expect(line.take(5)).toEqual(['a1', 'b1', 'c1']);
  expect(line.dropLatest()).toBeUndefined();
});

test('an owner whose only item was dropped is gone', () => {
  const line = lineOf('a1');
  expect(line.dropLatest()).toBe('a1');
  expect(line.take(1)).toEqual([]);
  line.push('a', 'a2');
  expect(line.take(1)).toEqual(['a2']);
});
