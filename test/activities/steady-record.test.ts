import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { steadily } from '../../activities/steady-record.ts';
import type { AttemptRecord } from '../../src/db/record.ts';
import { MOST_CARRIED } from '../../src/domain/burst.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Outcomes of attempts that took so long, all at this moment; when each was recorded since. */
function endTogether(
  count: number,
  durationMs: number,
  record = steadily(
    async () => Date.now(),
    () => MOST_CARRIED,
  ),
) {
  const endedAt = Date.now();
  const recordedMs: number[] = [];
  for (let n = 0; n < count; n++)
    void record({ durationMs } as AttemptRecord).then((at) => recordedMs.push(at - endedAt));
  return { record, recordedMs };
}

const after = (ms: number, recordedMs: number[]) => recordedMs.filter((at) => at <= ms).length;

test('what hung together is recorded over seconds, a few at a time, and all of it', async () => {
  const { recordedMs } = endTogether(MOST_CARRIED, 10_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(recordedMs).toHaveLength(MOST_CARRIED);
  for (const [ms, least, most] of [
    [600, 100, 250],
    [3000, 600, 1000],
    [6000, MOST_CARRIED, MOST_CARRIED],
  ] as const) {
    expect(after(ms, recordedMs)).toBeGreaterThanOrEqual(least);
    expect(after(ms, recordedMs)).toBeLessThanOrEqual(most);
  }
});

test('the fewer of a kind may come together, the longer they wait', async () => {
  const record = steadily(
    async () => Date.now(),
    ({ responseStatus }) => (responseStatus === 200 ? MOST_CARRIED : MOST_CARRIED / 4),
  );
  const { recordedMs } = endTogether(MOST_CARRIED / 4, 10_000, record);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(after(3000, recordedMs)).toBeLessThan(MOST_CARRIED / 6);
  const good = Array.from({ length: MOST_CARRIED / 4 }, () => ({ durationMs: 10_000, responseStatus: 200 }));
  const all = Promise.all(good.map((made) => record(made as AttemptRecord)));
  await vi.advanceTimersByTimeAsync(2000);
  expect(await all).toHaveLength(MOST_CARRIED / 4);
});

test('what more hangs than a process carries waits no longer', async () => {
  const { recordedMs } = endTogether(3 * MOST_CARRIED, 30_000);
  await vi.advanceTimersByTimeAsync(3000);
  expect(recordedMs).toHaveLength(3 * MOST_CARRIED);
});

test('quick ones do not wait, whatever hung, and one that hung by itself does not', async () => {
  const { record } = endTogether(MOST_CARRIED, 30_000);
  const quick = endTogether(MOST_CARRIED, 50, record);
  await vi.advanceTimersByTimeAsync(0);
  expect(quick.recordedMs).toHaveLength(MOST_CARRIED);
  await vi.advanceTimersByTimeAsync(10_000);
  const alone = endTogether(1, 30_000, record);
  await vi.advanceTimersByTimeAsync(0);
  expect(alone.recordedMs).toEqual([0]);
});

test('a record that failed is tried again at once', async () => {
  let fails = true;
  const record = steadily(
    async () => {
      if (fails) throw new Error('the database is away');
    },
    () => MOST_CARRIED,
  );
  const herd = Array.from({ length: MOST_CARRIED }, () => ({ durationMs: 30_000 }) as AttemptRecord);
  const failed = Promise.allSettled(herd.map(record));
  await vi.advanceTimersByTimeAsync(3000);
  expect((await failed).map(({ status }) => status)).not.toContain('fulfilled');
  fails = false;
  const again = Promise.all(herd.map(record));
  await vi.advanceTimersByTimeAsync(0);
  expect(await again).toHaveLength(MOST_CARRIED);
});

test('what was begun steadily is recorded as it ends', async () => {
  const { record } = endTogether(0, 0);
  const late: number[] = [];
  for (let n = 0; n < 1000; n++) {
    const { recordedMs } = endTogether(1, 2000, record);
    await vi.advanceTimersByTimeAsync(2);
    late.push(recordedMs[0] ?? Number.POSITIVE_INFINITY);
  }
  expect(Math.max(...late)).toBe(0);
});
