import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ReceiverMessage } from './receiver.ts';

/** Longest wait for an event that was accepted, in milliseconds. */
const ARRIVES_WITHIN_MS = 60_000;

/** What the receiver saw. */
export interface Arrivals {
  pid: number;
  /** Where it takes POSTs. */
  url: string;
  /** Distinct events so far. */
  count(): number;
  /** POSTs of events that had come before. */
  repeats(): number;
  /** When an event first came; waits for it. @throws Error at the deadline */
  of(eventId: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the receiver, which is the bundle at `script`. */
export async function startReceiver(script: string): Promise<Arrivals> {
  const child = fork(script, { serialization: 'advanced' });
  const seen = new Map<string, number>();
  const awaited = new Map<string, (atMs: number) => void>();
  let repeats = 0;
  const [first] = (await once(child, 'message')) as [ReceiverMessage];
  if (!('port' in first)) throw new Error('the receiver did not tell its port');

  child.on('message', (message: ReceiverMessage) => {
    if (!('arrivals' in message)) return;
    for (const [eventId, atMs] of message.arrivals) {
      if (seen.has(eventId)) {
        repeats++;
        continue;
      }
      seen.set(eventId, atMs);
      awaited.get(eventId)?.(atMs);
      awaited.delete(eventId);
    }
  });

  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${first.port}/`,
    count: () => seen.size,
    repeats: () => repeats,
    of(eventId) {
      const known = seen.get(eventId);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        const tooLate = setTimeout(
          () => reject(new Error(`event ${eventId} did not arrive within ${ARRIVES_WITHIN_MS / 1000} s`)),
          ARRIVES_WITHIN_MS,
        );
        awaited.set(eventId, (atMs) => {
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
