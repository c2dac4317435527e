import { Worker } from 'node:worker_threads';
import type { AttemptEachInput, MadeEach } from '../../activities/attempt-each-input.ts';
import type { OrderedLanes } from '../dispatch/ordered-lanes.ts';
import type { Relay } from '../dispatch/relay.ts';
import type { Told } from '../metrics/exposition.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';

/** Makes the attempts of bursts in a thread of its own, so that a flood does not hold up what else this process does. */
export interface BurstThread {
  attemptEach(input: AttemptEachInput): Promise<MadeEach>;
  /** What the thread counts of its own work. */
  metrics(): Promise<Told>;
  /** Finishes what is under way, and ends the thread. */
  stop(): Promise<void>;
}

/** What attempts have to tell the rest of the process. */
export type Dispatch = Pick<Relay, 'offer' | 'poke'> & Pick<OrderedLanes, 'passOn'>;

/** In MB; a burst makes more short-lived objects than Node.js expects. */
const YOUNG_GENERATION_MB = 96;

/**
 * @param options.path of the built thread
 * @param options.onFatal called when the thread has died
 */
export function startBurstThread({
  path,
  role,
  data,
  dispatch,
  onFatal,
}: {
  path: string;
  role: 'all' | 'worker';
  data: ThreadData;
  dispatch: Dispatch;
  onFatal: (error: unknown) => void;
}): BurstThread {
  type Call = { resolve: (answer: never) => void; reject: (error: Error) => void };
  const calls = new Map<number, Call>();
  let lastId = 0;
  let stopping = false;

  const thread = new Worker(path, {
    argv: [role],
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  let failure: Error | undefined;
  let death: Error | undefined;
  thread.once('error', (error) => {
    failure = error;
  });
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve())).then(() => {
    death = failure ?? new Error('the thread that makes the attempts of bursts has ended');
    for (const { reject } of calls.values()) reject(death);
    calls.clear();
    if (!stopping) onFatal(death);
  });

  function take(id: number): Call | undefined {
    const call = calls.get(id);
    calls.delete(id);
    return call;
  }

  thread.on('message', (message: FromThread) => {
    switch (message.kind) {
      case 'made':
        take(message.id)?.resolve(message.made as never);
        return;
      case 'metrics':
        take(message.id)?.resolve(message.told as never);
        return;
      case 'failed':
        take(message.id)?.reject(new Error(message.message));
        return;
      case 'offer':
        dispatch.offer(message.deliveries);
        return;
      case 'poke':
        dispatch.poke();
        return;
      case 'pass_on':
        dispatch.passOn();
        return;
    }
  });

  const tell = (message: ToThread) => thread.postMessage(message);

  function call<Answer>(message: (id: number) => ToThread): Promise<Answer> {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      if (death) return reject(death);
      calls.set(id, { resolve, reject });
      tell(message(id));
    });
  }

  return {
    attemptEach: (input) => call((id) => ({ kind: 'attempt_each', id, input })),
    metrics: () => call((id) => ({ kind: 'metrics', id })),
    async stop() {
      stopping = true;
      tell({ kind: 'stop' });
      await ended;
    },
  };
}
