import { setTimeout as delay } from 'node:timers/promises';
import type { Merchant } from './merchant.ts';
import { reached } from './reached.ts';

/** Senders of one flood, each with a connection of its own. */
export const SENDERS = 64;
/** How many deliveries may be accepted and not yet received before the senders wait. */
const MOST_WAITING = { normal: 2000, quick: 200 };

/** Events as fast as they are taken. */
export interface Flood {
  /** Waits so long, or until its events are sent. @throws Error when one was not accepted, or receipt stands still */
  lasts(ms: number): Promise<void>;
  /**
   * Sends nothing more; waits for the requests under way.
   *
   * @returns how many events it sent
   * @throws Error as `lasts`
   */
  stop(): Promise<number>;
}

export interface FloodOptions {
  quick: boolean;
  /** When more than one, they go in one request of `events/batch`. Default 1. */
  eventsARequest?: number;
  /** How many deliveries each event makes, default 1. */
  deliveriesAnEvent?: number;
  /** How many events it has; default: no end. */
  events?: number;
  /** Whether it goes on however many were accepted and not yet received; default: then the senders wait. */
  outrunsDeliveries?: boolean;
}

/**
 * Begins to send: each sender sends its next request when its last one was accepted. When too many deliveries are
 * not yet received they wait, unless told otherwise, so that the path is measured and not only the ingest.
 */
export function startFlood(
  merchant: Merchant,
  {
    quick,
    eventsARequest = 1,
    deliveriesAnEvent = 1,
    events = Number.POSITIVE_INFINITY,
    outrunsDeliveries = false,
  }: FloodOptions,
): Flood {
  const boundedTo = quick ? MOST_WAITING.quick : MOST_WAITING.normal;
  const mostWaiting = outrunsDeliveries ? Number.POSITIVE_INFINITY : boundedTo;
  const receivedBefore = merchant.received();
  let sent = 0;
  let goOn = true;
  let room: Promise<void> | undefined;

  const isFull = () => sent * deliveriesAnEvent - (merchant.received() - receivedBefore) >= mostWaiting;

  /** All senders wait for the same room. @returns how many events the next request has; none when it is over */
  async function nextRequest(): Promise<number> {
    while (goOn && isFull()) {
      room ??= reached(merchant.received, merchant.received() + 1, 'deliveries received').finally(() => {
        room = undefined;
      });
      await room;
    }
    const count = goOn ? Math.min(eventsARequest, events - sent) : 0;
    // Counted here, before another sender looks whether there is room.
    sent += count;
    return count;
  }

  async function sender(): Promise<void> {
    for (;;) {
      const count = await nextRequest();
      if (count <= 0) return;
      if (eventsARequest === 1) await merchant.send();
      else await merchant.sendBatch(count);
    }
  }

  const senders = Promise.all(Array.from({ length: SENDERS }, sender)).then(() => {});
  // Told by whoever waits next.
  senders.catch(() => {
    goOn = false;
  });

  return {
    async lasts(ms) {
      const given = new AbortController();
      const time = delay(ms, undefined, { signal: given.signal }).catch(() => {});
      await Promise.race([time, senders]).finally(() => given.abort());
    },
    async stop() {
      goOn = false;
      await senders;
      return sent;
    },
  };
}
