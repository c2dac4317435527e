import { timersOf } from '../support/history.ts';
import { answer } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import { asleep, begun, type Stage } from './lives.ts';

/** A delivery that is led on by one worker after another: by the first of four until its `begin` is done. */
export interface Journey {
  id: string;
  /** What happens while the second, and then the third, is there. The fourth makes the last attempt. */
  onward: [() => Promise<unknown>, () => Promise<unknown>];
  /** How many attempts it takes in all. */
  attempts: number;
}

/** @param parting when the first worker has been told to stop */
type Begin = (stage: Stage, parting: Promise<unknown>) => Promise<Journey[]>;

/** When the first worker has gone, mostly: it stays for the 3 s that a delivery waits before it is parked. */
const WHEN_SECOND_MS = 8000;
/** When a worker has gone, mostly, that is told to go now. */
const WHEN_NEXT_MS = 4000;
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
/** Temporal keeps a task for the worker that had the last one for up to ten seconds after that has gone. */
const PATIENCE_MS = 30_000;

/** Deliveries in every phase in which a change of workers can find them. Each begins in an account of its own. */
export const JOURNEYS: Record<string, Begin> = {
  'asleep, and retried by hand': async (stage) => {
    const { id } = await begun(stage, [500]);
    await asleep(stage, id);
    return [{ id, onward: [retried(stage, id, 2), retried(stage, id, 3)], attempts: 4 }];
  },

  'asleep until its time comes': async (stage) => {
    const { id } = await begun(stage, [500]);
    await asleep(stage, id);
    const dueIn = (ms: number) => stage.merchant.reschedule(id, { nextAttemptAt: inMs(ms) });
    await dueIn(WHEN_SECOND_MS);
    await slept(stage, id, 2);
    const again = async () => {
      await slept(stage, id, 3);
      await dueIn(WHEN_NEXT_MS);
      await slept(stage, id, 4);
    };
    return [{ id, onward: [again, retried(stage, id, 6)], attempts: 5 }];
  },

  'waiting for deliverAt': async (stage) => {
    const { id } = await begun(stage, [500], {}, { deliverAt: inMs(WHEN_SECOND_MS) });
    await slept(stage, id, 1);
    return [{ id, onward: [retried(stage, id, 3), retried(stage, id, 4)], attempts: 4 }];
  },

  'held, let go, and held again': async (stage) => {
    const { merchant, receiver } = stage;
    const path = `/${merchant.id}`;
    receiver.script(path, 500);
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url(path) });
    await merchant.pause(endpointId);
    const id = await merchant.deliver('order.completed');
    await merchant.until(id, 'held');
    const again = async () => {
      await merchant.resume(endpointId);
      await slept(stage, id, 1);
      await merchant.pause(endpointId);
      await merchant.command(id, 'retry');
      await merchant.until(id, 'held');
    };
    const letGo = async () => {
      await merchant.resume(endpointId);
      await slept(stage, id, 2);
    };
    return [{ id, onward: [again, letGo], attempts: 3 }];
  },

  'in an attempt, and waiting for room behind it': async (stage, parting) => {
    const { merchant } = stage;
    const answeredLate = answer(500);
    const { id } = await begun(
      stage,
      [(socket, request) => parting.then(() => answeredLate(socket, request)), 500],
      { maxConcurrency: 1, timeoutMs: 30_000 },
    );
    await stage.receiver.waitFor((requests) => requests.some(({ path }) => path === `/${merchant.id}`));
    const behind = await merchant.deliver('order.completed');
    await waitUntil(
      () => merchant.log(behind),
      ({ entries }) => entries.some((entry) => entry.kind === 'held' && entry.because === 'busy'),
    );
    return [
      { id, onward: [retried(stage, id, 2), retried(stage, id, 3)], attempts: 4 },
      { id: behind, onward: [() => slept(stage, behind, 1), retried(stage, behind, 2)], attempts: 3 },
    ];
  },
};

/** Makes a delivery's last attempt, and waits until its workflow is over. */
export async function arrived({ posthaste, merchant, receiver }: Stage, id: string): Promise<void> {
  receiver.script(`/${merchant.id}`, 200);
  await merchant.command(id, 'retry');
  await merchant.until(id, 'succeeded', PATIENCE_MS);
  const { workflow } = posthaste.client;
  await waitUntil(
    async () => (await workflow.getHandle(id).describe()).status.name,
    (name) => name === 'COMPLETED',
    PATIENCE_MS,
  );
}

/** Lets a delivery begin the timer before its n-th, presses retry, and waits until it has begun the n-th. */
function retried(stage: Stage, id: string, n: number) {
  return async () => {
    await slept(stage, id, n - 1);
    await stage.merchant.command(id, 'retry');
    await slept(stage, id, n);
  };
}

/** Waits until a delivery has begun its n-th timer. */
function slept({ posthaste }: Stage, id: string, n: number): Promise<unknown> {
  return waitUntil(
    () => timersOf(posthaste.client, id),
    (timers) => timers.length >= n,
    PATIENCE_MS,
  );
}
