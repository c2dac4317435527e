import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../clock.ts';
import { cpuPercent, untilSettled } from '../idle.ts';
import type { Merchant } from '../merchant.ts';
import { reached } from '../reached.ts';
import { READS, type Shelf, timeReads } from '../reads.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { sendSleepers, untilStarted } from '../sleeping.ts';
import { spread } from '../statistics.ts';

/** Deliveries that are read, of those that sleep, and where none does: so many fill a first page. */
const READ = 200;
const QUICK_READ = 20;
const WARM_UP_ROUNDS = 5;
/** Slow enough for each of those that do not sleep to have a workflow of its own. */
const SENT_EVERY_MS = 100;
const READ_NAMES = { list: 'GET deliveries', delivery: 'GET one delivery', log: 'GET its log' };
/** So slow an endpoint, with so little at a time, that a wake-up presses against `maxConcurrency`. */
const WAKE_UP = { answerMs: 400, maxConcurrency: 8 };
/** More than so many would take long to start at the pace that is left for those that are due later. */
const MOST_STARTED_BESIDE = 10_000;
/** How long it may take until the last of them sleep, and all is quiet. */
const SETTLING = { ms: 60_000, msEach: 10 };
/** How long the commands that set the time of a wake-up may take. */
const RESCHEDULING = { ms: 5000, msEach: 40 };
const COMMANDS_AT_ONCE = 16;
/** Within so long after it was read the product has gone through its heaps: what it does once is no part of idling. */
const COLLECTED_MS = 30_000;
/** In so long every duty of the product comes round. */
const DUTIES_ROUND_MS = 60_000;

/**
 * Deliveries that sleep far ahead: what they cost, and what some of them do when all wake at one moment.
 *
 * @param count how many sleep
 * @param woken how many of them wake
 */
export function sleepers(count: number, woken: number): Scenario {
  return {
    name: 'sleepers',
    title: `${count} sleeping deliveries, of which ${woken} wake at once`,
    alone: count > MOST_STARTED_BESIDE ? { POSTHASTE_BURST: 'off' } : {},
    twin: true,
    async measure({ open, openAtTwin, cpu, quick }) {
      const merchant = await open('sleepers', {
        maxConcurrency: WAKE_UP.maxConcurrency,
        manner: `delayMs=${WAKE_UP.answerMs}`,
      });
      const awake = await openAtTwin('sleepers_none');
      const read = quick ? QUICK_READ : READ;
      const none = halves(awake, await sendSlowly(awake, read));
      await awake.allSucceeded();

      const all = await sendSleepers(merchant, count);
      const asleep = halves(merchant, spread(all, read));
      await untilStarted(merchant, asleep.warm.deliveryIds, count);
      // Those that the sample does not tell of are started, too, and the timeouts of their first tasks have passed.
      await untilSettled(cpu, SETTLING.ms + count * SETTLING.msEach);
      // Until then reads get faster from one to the next, whatever sleeps.
      for (let round = 0; round < WARM_UP_ROUNDS; round++) await timeReads(asleep.warm, none.warm);
      const { one: among, other: withNone } = await timeReads(asleep.sample, none.sample);
      await untilSettled(cpu);
      if (!quick) await delay(COLLECTED_MS);
      const idlePercent = await cpuPercent(cpu, quick ? 2000 : DUTIES_ROUND_MS);
      const wakeUpMs = await wakeUp(merchant, all.slice(-woken));
      const leastS = (woken * WAKE_UP.answerMs) / WAKE_UP.maxConcurrency / 1000;

      return [
        {
          id: 'sleepers.idle_cpu',
          label: `${count} sleeping: CPU of all parts, of one core`,
          unit: '%',
          value: idlePercent,
          target: { atMost: 5 },
        },
        ...READS.flatMap((read): Figure[] => [
          { id: `sleepers.${read}`, label: `  ${READ_NAMES[read]}, p50`, unit: 'ms', value: among[read] },
          {
            id: `sleepers.${read}_to_none`,
            label: `  ${READ_NAMES[read]} to the same when none sleeps`,
            unit: '×',
            value: among[read] / withNone[read],
            target: { atMost: 1.25 },
          },
        ]),
        {
          id: 'sleepers.wake_up',
          label: `${woken} due at one moment: received (endpoint's pace ${leastS} s)`,
          unit: 's',
          value: wakeUpMs / 1000,
        },
        {
          id: 'sleepers.most_at_once',
          label: '  most at once at their endpoint',
          unit: 'count',
          value: merchant.mostAtOnce(),
          // Less would mean that the limit was never pressed, and nothing was shown.
          target: { atLeast: WAKE_UP.maxConcurrency, atMost: WAKE_UP.maxConcurrency },
        },
      ];
    },
  };
}

/** Sends events one by one, which are delivered at once. @returns the ids of their deliveries */
async function sendSlowly(merchant: Merchant, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let sent = 0; sent < count; sent++) {
    ids.push(...(await merchant.send()).deliveryIds);
    await delay(SENT_EVERY_MS);
  }
  return ids;
}

/** Those that are read to get the product warm, and those that are then read for the first time. */
function halves(merchant: Merchant, ids: readonly string[]) {
  const half = (which: number): Shelf => ({
    merchant,
    deliveryIds: ids.filter((_, index) => index % 2 === which),
  });
  return { warm: half(0), sample: half(1) };
}

/** Lets deliveries wake at one moment. @returns how long after it the last was received, in milliseconds */
async function wakeUp(merchant: Merchant, ids: readonly string[]): Promise<number> {
  const inMs = RESCHEDULING.ms + ids.length * RESCHEDULING.msEach;
  const dueMs = nowMs() + inMs;
  const command = JSON.stringify({ nextAttemptAt: new Date(Date.now() + inMs).toISOString() });
  const left = [...ids];
  const commander = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      await merchant.call('PATCH', `/deliveries/${id}`, command);
  };
  await Promise.all(Array.from({ length: COMMANDS_AT_ONCE }, commander));
  if (nowMs() > dueMs) throw new Error('the wake-up was due before all deliveries were told of it');
  await delay(dueMs - nowMs());
  await reached(merchant.received, ids.length, 'woken deliveries received');
  const latestMs = merchant
    .arrivals()
    .flat()
    .reduce((latest, atMs) => Math.max(latest, atMs));
  return latestMs - dueMs;
}
