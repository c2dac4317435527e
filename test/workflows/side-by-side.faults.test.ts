import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { historyOf } from '../support/history.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { arrived, JOURNEYS } from './journeys.ts';
import { bundleKept, KEPT_WORKFLOWS } from './kept-workflows.ts';
import type { Stage } from './lives.ts';

/** Three changes of workers, each of which lets the one that goes finish what is under way. */
const LONG = { timeout: 120_000 };

/** The API, which outlives the workers. */
let front: Posthaste;
let receiver: Receiver;
const workers = new Set<Posthaste>();

beforeAll(async () => {
  [front, receiver] = await Promise.all([startPosthaste({ role: 'api' }), startReceiver()]);
});
afterEach(async () => {
  await Promise.all([...workers].map(stop));
});
afterAll(async () => {
  await front.stop();
  await receiver.close();
});

/** A worker with these workflows. Its activities are those of today: what they and workflows tell each other is data. */
async function work(workflowBundlePath: string): Promise<Posthaste> {
  const worker = await startPosthaste({ ...front.parts, role: 'worker', workflowBundlePath });
  workers.add(worker);
  return worker;
}

function stop(worker: Posthaste): Promise<void> {
  workers.delete(worker);
  return worker.stop();
}

/** Of each workflow task that was done, the build of the workflows that did it. */
async function buildsOf(id: string): Promise<string[]> {
  const events = await historyOf(front.client, id);
  return events.flatMap((event) => event.workflowTaskCompletedEventAttributes?.workerVersion?.buildId ?? []);
}

/** Why workflow tasks failed, as those do whose code does not fit the history. */
async function failuresOf(id: string): Promise<string[]> {
  const events = await historyOf(front.client, id);
  return events.flatMap((event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? []);
}

const changesIn = (builds: string[]) => builds.filter((build, n) => n > 0 && build !== builds[n - 1]).length;

test('there are workflows of an earlier day', () => {
  expect(KEPT_WORKFLOWS).not.toEqual([]);
});

describe.each(KEPT_WORKFLOWS)('%s beside those of today:', (file) => {
  test.each([
    ['an upgrade that is undone', 'old'],
    ['an undone upgrade that is tried again', 'new'],
  ])('deliveries in every phase finish, each attempt made once, through %s', LONG, async (_, first) => {
    const old = join(temporaryFolder(), file);
    writeFileSync(old, await bundleKept(file));
    const today = front.parts.workflowBundlePath;
    const [one, other] = first === 'old' ? [old, today] : [today, old];

    let worker = await work(one);
    let part = () => {};
    const parting = new Promise<void>((resolve) => {
      part = resolve;
    });
    const begun = Object.values(JOURNEYS).map(async (begin) => {
      const stage: Stage = { posthaste: front, receiver, merchant: await openAccount(front) };
      return (await begin(stage, parting)).map((journey) => ({ ...journey, stage }));
    });
    const journeys = (await Promise.all(begun)).flat();

    const changeTo = async (code: string) => {
      const next = await work(code);
      const stopped = stop(worker);
      part();
      await stopped;
      worker = next;
    };
    const all = async (lead: (journey: (typeof journeys)[number]) => Promise<unknown>) => {
      const led = await Promise.allSettled(journeys.map(lead));
      const failures = await Promise.all(journeys.map(({ id }) => failuresOf(id)));
      expect(failures.flat()).toEqual([]);
      expect(led.filter(({ status }) => status === 'rejected')).toEqual([]);
    };
    await changeTo(other);
    await all(({ onward: [second] }) => second());
    await changeTo(one);
    await all(({ onward: [, third] }) => third());
    await changeTo(other);
    await all(({ stage, id }) => arrived(stage, id));

    for (const { id, stage, attempts } of journeys) {
      const numbers = Array.from({ length: attempts }, (_, n) => n + 1);
      const delivery = await stage.merchant.delivery(id);
      expect(delivery.attempts.map(({ number }) => number)).toEqual(numbers);
      const received = receiver.requests.filter(({ headers }) => headers['posthaste-delivery'] === id);
      expect(received.map(({ headers }) => Number(headers['posthaste-attempt']))).toEqual(numbers);
      const builds = await buildsOf(id);
      expect(new Set(builds).size).toBe(2);
      expect(changesIn(builds)).toBeGreaterThanOrEqual(2);
    }
  });
});
