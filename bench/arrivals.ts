import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ReceiverMessage } from './receiver.ts';

/** Longest wait for a delivery that was accepted, in milliseconds. */
const ARRIVES_WITHIN_MS = 60_000;

/** What the receiver saw. */
export interface Arrivals {
  pid: number;
  /** Where it takes POSTs, without a path. */
  origin: string;
  /** When each delivery first came to a path, in the order they came. */
  at(path: string): readonly number[];
  /** The most POSTs that were under way at a path at once. */
  mostAtOnce(path: string): number;
  /** POSTs of deliveries that had come before. */
  repeats(): number;
  /** When a delivery first came; waits for it. @throws Error at the deadline */
  of(deliveryId: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the receiver, which is the bundle at `script`. */
export async function startReceiver(script: string): Promise<Arrivals> {
  const child = fork(script, { serialization: 'advanced' });
  const seen = new Map<string, number>();
  const byPath = new Map<string, number[]>();
  const most = new Map<string, number>();
  const awaited = new Map<string, (atMs: number) => void>();
  let repeats = 0;
  const [first] = (await once(child, 'message')) as [ReceiverMessage];
  if (!('port' in first)) throw new Error('the receiver did not tell its port');

  function note(path: string, deliveryId: string, atMs: number): void {
    if (seen.has(deliveryId)) {
      repeats++;
      return;
    }
    seen.set(deliveryId, atMs);
    const times = byPath.get(path);
    if (times) times.push(atMs);
    else byPath.set(path, [atMs]);
    awaited.get(deliveryId)?.(atMs);
    awaited.delete(deliveryId);
  }

  child.on('message', (message: ReceiverMessage) => {
    if ('arrivals' in message) for (const arrival of message.arrivals) note(...arrival);
    else if ('mostAtOnce' in message) most.set(message.path, message.mostAtOnce);
  });

  return {
    pid: child.pid ?? 0,
    origin: `http://127.0.0.1:${first.port}`,
    at: (path) => byPath.get(path) ?? [],
    mostAtOnce: (path) => most.get(path) ?? 0,
    repeats: () => repeats,
    of(deliveryId) {
      const known = seen.get(deliveryId);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        const tooLate = setTimeout(
          () =>
            reject(new Error(`delivery ${deliveryId} did not arrive within ${ARRIVES_WITHIN_MS / 1000} s`)),
          ARRIVES_WITHIN_MS,
        );
        awaited.set(deliveryId, (atMs) => {
          clearTimeout(tooLate);
          resolve(atMs);
        });
      });
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
