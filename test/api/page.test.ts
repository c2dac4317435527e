import { expect, test } from 'vitest';
import { z } from 'zod';
import { decodeCursor, encodeCursor, pageQuery, toPage } from '../../src/api/page.ts';
import { AppError } from '../../src/domain/errors.ts';

const position = { at: '2026-01-31T12:00:00.123456Z', id: 'ep_019' };
const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a cursor gives back its position, to the microsecond', () => {
  expect(decodeCursor('endpoints', encodeCursor('endpoints', position))).toEqual(position);
});

test.each([
  ['nothing', ''],
  ['no base64', '%%%'],
  ['no JSON', 'abc'],
  ['another version', forge([2, 'endpoints', position.at, position.id])],
  ['another list', encodeCursor('keys', position)],
  ['SQL for a time', forge([1, 'endpoints', "now()'; drop table events; --", position.id])],
  ['a time that is none', forge([1, 'endpoints', '2026-02-30T12:00:00.123456Z', position.id])],
  ['the year 0000', forge([1, 'endpoints', '0000-01-01T00:00:00.000000Z', position.id])],
  ['month 13', forge([1, 'endpoints', '2026-13-01T12:00:00.123456Z', position.id])],
  ['NUL in the id', forge([1, 'endpoints', position.at, 'a\0b'])],
  ['a number for an id', forge([1, 'endpoints', position.at, 7])],
  ['too many parts', forge([1, 'endpoints', position.at, position.id, 1])],
])('a forged cursor is a 400: %s', (_what, cursor) => {
  expect(() => decodeCursor('endpoints', cursor)).toThrow(AppError);
});

test.each(['0', '251', '-1', '1.5', 'ten', '', ' 5', '1e2', '999999999999'])(
  'limit %j is refused',
  (limit) => {
    expect(z.strictObject(pageQuery).safeParse({ limit }).success).toBe(false);
  },
);

test.each([
  [undefined, 50],
  ['1', 1],
  ['250', 250],
])('limit %j is %d', (limit, expected) => {
  expect(z.strictObject(pageQuery).parse(limit === undefined ? {} : { limit }).limit).toBe(expected);
});

test('nextCursor is null on the last page', () => {
  const at = (id: string) => ({ at: position.at, id });
  expect(toPage('keys', { limit: 2 }, ['a', 'b'], at, (row) => row)).toEqual({
    data: ['a', 'b'],
    nextCursor: null,
  });
  const page = toPage('keys', { limit: 2 }, ['a', 'b', 'c'], at, (row) => row);
  expect(page.data).toEqual(['a', 'b']);
  expect(decodeCursor('keys', page.nextCursor ?? '')).toEqual(at('b'));
});
