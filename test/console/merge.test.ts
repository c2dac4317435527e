import { expect, test } from 'vitest';
import { withMoved } from '../../src/console/logs/merge.ts';

interface Row {
  id: string;
  createdAt: string;
  status: string;
}

const row = (id: string, second: number, status = 'open'): Row => ({
  id,
  createdAt: `2026-01-01T00:00:0${second}.000Z`,
  status,
});
const moved = (...rows: Row[]) => new Map(rows.map((one) => [one.id, one]));
const idsOf = ({ data }: { data: Row[] }) => data.map(({ id }) => id).join(' ');
const all = () => true;

test('rows change in place, and those that stay are the same objects', () => {
  const before = { data: [row('c', 3), row('b', 2), row('a', 1)], nextCursor: 'more' };
  const after = withMoved(before, moved(row('b', 2, 'ended')), all, 10);
  expect(idsOf(after)).toBe('c b a');
  expect(after.data[1]?.status).toBe('ended');
  expect(after.data[0]).toBe(before.data[0]);
  expect(after.nextCursor).toBe('more');
});

test('new rows come in their order, and older ones than are loaded wait for their page', () => {
  const before = { data: [row('d', 4), row('b', 2)], nextCursor: 'more' };
  const news = moved(row('e', 5), row('c', 3), row('a', 1));
  expect(idsOf(withMoved(before, news, all, 10))).toBe('e d c b');
  expect(idsOf(withMoved({ ...before, nextCursor: null }, news, all, 10))).toBe('e d c b a');
});

test('a row that is no longer wanted goes, and one that never was does not come', () => {
  const before = { data: [row('b', 2), row('a', 1)], nextCursor: null };
  const news = moved(row('b', 2, 'ended'), row('c', 3, 'ended'), row('d', 4));
  expect(idsOf(withMoved(before, news, ({ status }) => status === 'open', 10))).toBe('d a');
});

test('beyond the most the oldest are cut off, and with them the next page', () => {
  const before = { data: [row('b', 2), row('a', 1)], nextCursor: 'more' };
  const after = withMoved(before, moved(row('c', 3)), all, 2);
  expect(idsOf(after)).toBe('c b');
  expect(after.nextCursor).toBeNull();
});
