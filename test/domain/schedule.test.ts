import { describe, expect, test } from 'vitest';
import {
  DEFAULT_RETRY_SCHEDULE_S,
  parseRetryAfter,
  rescheduledFrom,
  waitAfter,
} from '../../src/domain/schedule.ts';

const policy = { scheduleS: DEFAULT_RETRY_SCHEDULE_S, jitter: 0 };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('the default schedule', () => {
  test.each([
    [1, 5 * MINUTE_MS],
    [2, 30 * MINUTE_MS],
    [3, 2 * HOUR_MS],
    [4, 8 * HOUR_MS],
    [5, 24 * HOUR_MS],
  ])('waits after attempt %i exactly %i ms', (number, waitMs) => {
    expect(waitAfter(number, policy, undefined, 0.9)).toMatchObject({ waitMs, because: 'retry_schedule' });
  });

  test('ends after attempt 6', () => {
    expect(waitAfter(6, policy, undefined, 0)).toBeUndefined();
  });

  test('spans 34 h 35 m', () => {
    expect(DEFAULT_RETRY_SCHEDULE_S.reduce((sum, s) => sum + s, 0)).toBe(34 * 3600 + 35 * 60);
  });
});

describe('Retry-After', () => {
  test.each([
    ['shorter than the schedule', 1000, 5 * MINUTE_MS, 'retry_schedule'],
    ['equal to it', 5 * MINUTE_MS, 5 * MINUTE_MS, 'retry_schedule'],
    ['longer', 10 * MINUTE_MS, 10 * MINUTE_MS, 'retry_after'],
    ['longer than the longest wait', 1000 * HOUR_MS, 24 * HOUR_MS, 'retry_after'],
  ])('%s', (_, askedMs, waitMs, because) => {
    expect(waitAfter(1, policy, askedMs, 0)).toMatchObject({ waitMs, because });
  });

  test('never adds an attempt', () => {
    expect(waitAfter(6, policy, 1000, 0)).toBeUndefined();
  });

  const now = Date.parse('2026-11-22T12:00:00Z');
  test.each([
    ['120', 120_000],
    [' 5 ', 5000],
    ['0', 0],
    ['Sun, 22 Nov 2026 12:01:00 GMT', 60_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Date.parse('9999-12-31T23:59:59Z') - now],
    ['Sun, 22 Nov 2026 11:00:00 GMT', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026-11-22T12:01:00Z', undefined],
    ['', undefined],
    [undefined, undefined],
    ['99999999999999999999', undefined],
  ])('parses %j', (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms);
  });
});

test('jitter lengthens a wait by at most its share', () => {
  const jittered = { scheduleS: [100], jitter: 0.5 };
  expect(waitAfter(1, jittered, undefined, 0)?.waitMs).toBe(100_000);
  expect(waitAfter(1, jittered, undefined, 0.999)?.waitMs).toBeLessThanOrEqual(150_000);
  expect(waitAfter(1, jittered, undefined, 0.5)?.waitMs).toBe(125_000);
});

test.each([
  ['before the first attempt', 0, [9, 9], [9, 9]],
  ['in the first wait', 1, [7], [7]],
  ['in the third wait', 3, [7, 8], [1, 2, 7, 8]],
  ['with no further waits', 3, [], [1, 2]],
])('a delivery rescheduled %s keeps the waits behind it', (_, attempts, fromHere, expected) => {
  expect(rescheduledFrom(attempts, [1, 2, 3, 4], fromHere)).toEqual(expected);
});
