import type { SlotPermit } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { createTaskSlots } from '../../src/temporal/task-slots.ts';

const reserving = (isSticky: boolean) => ({
  slotType: 'workflow' as const,
  taskQueue: 'q',
  workerIdentity: 'w',
  workerBuildId: '',
  isSticky,
});

/** Slots of a worker, and how many reservations of a kind were granted so far. */
function open() {
  const { workflowTasks, localActivities } = createTaskSlots({ most: 5, goingOn: 2, fresh: 1 });
  const granted: SlotPermit[] = [];
  return {
    granted,
    /** Asks for a slot as a poller does. */
    ask(isSticky = true, abort = new AbortController()) {
      void workflowTasks
        .reserveSlot(reserving(isSticky), abort.signal)
        .then((permit) => granted.push(permit))
        .catch(() => undefined);
      return abort;
    },
    eager: () => workflowTasks.tryReserveSlot(reserving(false)),
    release: (permit: SlotPermit) => workflowTasks.releaseSlot({ permit }),
    /** Begins a local activity; what it answers ends it. */
    async local() {
      const permit = await localActivities.reserveSlot(reserving(false), new AbortController().signal);
      const slotInfo = { type: 'local-activity', activityType: 'attempt' } as const;
      localActivities.markSlotUsed({ slotInfo, permit });
      return () => localActivities.releaseSlot({ slotInfo, permit });
    },
    settle: () => new Promise(setImmediate),
  };
}

it('tasks of workflows that go on are taken a few at a time', async () => {
  const slots = open();
  for (let n = 0; n < 4; n++) slots.ask();
  await slots.settle();
  expect(slots.granted).toHaveLength(2);
  slots.release(slots.granted[0] as SlotPermit);
  await slots.settle();
  expect(slots.granted).toHaveLength(3);
});

it('those that this worker does not know have a room of their own', async () => {
  const slots = open();
  for (let n = 0; n < 4; n++) slots.ask(n % 2 === 0);
  await slots.settle();
  expect(slots.granted).toHaveLength(3);
});

it('an eager start gets a slot whatever wakes, up to the most', async () => {
  const slots = open();
  for (let n = 0; n < 4; n++) slots.ask();
  await slots.settle();
  const eager = Array.from({ length: 6 }, slots.eager);
  expect(eager.map((permit) => permit !== null)).toEqual([true, true, true, true, true, false]);
  slots.release(eager[0] as SlotPermit);
  expect(slots.eager()).not.toBeNull();
});

it('a task that waits for its local activity makes room for another, an eager one does not', async () => {
  const slots = open();
  for (let n = 0; n < 4; n++) slots.ask();
  const eager = slots.eager() as SlotPermit;
  const endOfEager = await slots.local();
  await slots.settle();
  expect(slots.granted).toHaveLength(2);
  const end = await slots.local();
  await slots.settle();
  expect(slots.granted).toHaveLength(3);
  end();
  endOfEager();
  slots.release(eager);
  slots.ask();
  for (const permit of slots.granted.splice(0, 2)) slots.release(permit);
  await slots.settle();
  expect(slots.granted).toHaveLength(2);
});

it('who gives up keeps no slot, not even one that comes too late', async () => {
  const slots = open();
  const late = slots.ask();
  slots.ask();
  slots.ask().abort();
  slots.ask();
  await slots.settle();
  expect(slots.granted).toHaveLength(2);
  late.abort();
  await slots.settle();
  expect(slots.granted).toHaveLength(3);
});
