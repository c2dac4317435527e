import { expect, test, vi } from 'vitest';
import { createCarriedRoom } from '../../src/dispatch/carried-room.ts';

const MOST = 40;
const BURST = 10;

const ignore = () => undefined;
const ofAccount = (accountId: string, count: number) => Array.from({ length: count }, () => ({ accountId }));

test('there is room as long as a whole burst fits in', () => {
  const room = createCarriedRoom(MOST, BURST);
  room.carry(ofAccount('a', MOST - BURST), ignore);
  expect(room.isFree()).toBe(true);
  room.carry(ofAccount('b', 1), ignore);
  expect(room.isFree()).toBe(false);
});

test('an account has half of it at most', () => {
  const room = createCarriedRoom(MOST, BURST);
  room.carry([...ofAccount('a', MOST / 2 - BURST), ...ofAccount('b', 1)], ignore);
  expect(room.isFreeFor('a')).toBe(true);
  room.carry(ofAccount('a', 1), ignore);
  expect(['a', 'b', 'c'].map(room.isFreeFor)).toEqual([false, true, true]);
});

test('what has ended makes its room once', () => {
  const room = createCarriedRoom(MOST, BURST);
  const release = room.carry(ofAccount('a', MOST / 2), ignore);
  room.carry(ofAccount('a', MOST / 2 - BURST), ignore);
  expect([room.isFree(), room.isFreeFor('a')]).toEqual([true, false]);
  room.carry(ofAccount('b', 1), ignore);
  expect(room.isFree()).toBe(false);
  release();
  expect([room.isFree(), room.isFreeFor('a')]).toEqual([true, true]);
  release();
  room.carry(ofAccount('a', 1), ignore);
  expect(room.isFreeFor('a')).toBe(false);
});

test('a burst that takes long makes its room before it ends, and says so', () => {
  vi.useFakeTimers();
  try {
    const room = createCarriedRoom(MOST, BURST);
    const onRoom = vi.fn();
    const release = room.carry(ofAccount('a', MOST), onRoom);
    const seen = () => [room.isFree(), room.carries('a'), room.hangs('a')];
    vi.advanceTimersByTime(2000);
    expect(seen()).toEqual([false, true, false]);
    expect(onRoom).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2000);
    expect(seen()).toEqual([true, false, true]);
    expect(onRoom).toHaveBeenCalledOnce();
    release();
    expect(seen()).toEqual([true, false, false]);
  } finally {
    vi.useRealTimers();
  }
});
