import type {
  CustomSlotSupplier,
  LocalActivitySlotInfo,
  SlotPermit,
  WorkflowSlotInfo,
} from '@temporalio/worker';

/** How many tasks a worker takes at once. */
export interface TaskSlots {
  workflowTasks: CustomSlotSupplier<WorkflowSlotInfo>;
  localActivities: CustomSlotSupplier<LocalActivitySlotInfo>;
}

/**
 * Tasks of workflows that go on, which come through polls, compute for some milliseconds each. When thousands wake
 * at once they are taken a few at a time, so that deliveries which start meanwhile find the machine free: those start
 * eagerly, and always get a slot. A task that waits for its local activity, a POST or many, does not compute: it makes
 * room for another.
 *
 * @param options.most tasks of each kind at once, whatever they do
 * @param options.goingOn computing at once, of workflows that this worker knows
 * @param options.fresh the same of workflows that it does not know: new ones, and those that slept for long
 */
export function createTaskSlots(options: { most: number; goingOn: number; fresh: number }): TaskSlots {
  let eager = 0;
  let locals = 0;
  /** Eager tasks run a local activity each; what is beyond that is of tasks that were polled for. */
  const waiting = () => Math.max(0, locals - eager);
  const lines = {
    goingOn: createLine(() => Math.min(options.most, options.goingOn + waiting())),
    fresh: createLine(() => Math.min(options.most, options.fresh + waiting())),
  };
  const localLine = createLine(() => options.most);
  const moved = () => {
    lines.goingOn.next();
    lines.fresh.next();
  };

  return {
    workflowTasks: {
      type: 'custom',
      async reserveSlot({ isSticky }, abortSignal) {
        const line = isSticky ? lines.goingOn : lines.fresh;
        await line.enter(abortSignal);
        return permit(line.leave);
      },
      tryReserveSlot() {
        if (eager >= options.most) return null;
        eager++;
        return permit(() => {
          eager--;
          moved();
        });
      },
      markSlotUsed: () => undefined,
      releaseSlot: release,
    },
    localActivities: {
      type: 'custom',
      async reserveSlot(_, abortSignal) {
        await localLine.enter(abortSignal);
        return permit(localLine.leave);
      },
      tryReserveSlot: () => (localLine.tryEnter() ? permit(localLine.leave) : null),
      markSlotUsed() {
        locals++;
        moved();
      },
      releaseSlot(context) {
        if (context.slotInfo) locals--;
        release(context);
        moved();
      },
    },
  };
}

interface Leaving extends SlotPermit {
  leave(): void;
}

const permit = (leave: () => void): Leaving => ({ leave });
const release = (context: { permit: SlotPermit }) => (context.permit as Leaving).leave();

/** A line before a room; how many it holds may change, which `next` looks at. */
function createLine(most: () => number) {
  const line = new Set<() => void>();
  let inside = 0;

  function next(): void {
    for (const go of line) {
      if (inside >= most()) return;
      inside++;
      line.delete(go);
      go();
    }
  }

  function leave(): void {
    inside--;
    next();
  }

  return {
    next,
    tryEnter(): boolean {
      const enters = inside < most();
      if (enters) inside++;
      return enters;
    },
    enter(abortSignal: AbortSignal): Promise<void> {
      if (abortSignal.aborted) return Promise.reject(abortSignal.reason);
      return new Promise((resolve, reject) => {
        line.add(resolve);
        abortSignal.addEventListener(
          'abort',
          () => {
            if (line.delete(resolve)) reject(abortSignal.reason);
            // Let in too late: nobody is there any more.
            else leave();
          },
          { once: true },
        );
        next();
      });
    },
    leave,
  };
}
