import type { Response } from 'express';
import { AppError } from '../domain/errors.ts';

export interface EventToSend {
  event: string;
  /** From where a client that comes again goes on. */
  id?: string;
  data: unknown;
}

/** Server-sent events to one client. */
export interface EventStream {
  send(event: EventToSend): void;
  /** Sends many after each other, after those that it was given before: as many at a time as the client reads. */
  sendAll(events: readonly EventToSend[]): void;
  /** Resolves when what was sent is on its way, or the client is gone. */
  drained(): Promise<void>;
  /** Lets the client go. */
  end(): void;
  /** Called once the client is gone, or was let go. */
  onClose(closed: () => void): void;
}

/** The open streams of this process. */
export interface EventStreams {
  /**
   * Begins an answer that is a stream; its head goes out with the first byte. `begin` sends a comment, which tells the
   * client at once that the stream is there.
   *
   * @param of whose it is; the streams of each portal link are counted, too
   * @param mayGoOn asked again and again; the stream ends once it says no. Default: until it is too long
   * @throws {AppError} 429 when the account or the link has too many, 503 while the process stops
   */
  open(
    of: StreamOwner,
    response: Response,
    mayGoOn?: () => Promise<boolean>,
  ): EventStream & { begin(): void };
  /** Ends them all, and opens no more: the server waits for open answers. */
  stop(): void;
}

export interface StreamOwner {
  account: string;
  /** The link that its client came by, if it did. */
  portalLink?: string | undefined;
}

export interface StreamLimits {
  /** Streams of one account at a time, in this process. */
  mostOfAccount: number;
  /** Of these, those of one portal link: whoever has it must leave some to the others. */
  mostOfPortalLink: number;
  /** How often a comment tells that the stream is alive, to the client and to proxies between. */
  heartbeatMs: number;
  /** After this long a stream ends, and its client comes again, perhaps to another process. */
  longestMs: number;
  /** How often it is asked whether a stream may go on. */
  recheckMs: number;
  /** A client that leaves more than this unread, not counting the many that are sent to it just now, is dropped. */
  mostUnreadBytes: number;
}

export const STREAM_LIMITS: StreamLimits = {
  mostOfAccount: 10,
  mostOfPortalLink: 3,
  heartbeatMs: 15_000,
  longestMs: 15 * 60_000,
  recheckMs: 1000,
  mostUnreadBytes: 1024 * 1024,
};

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  // So that a proxy passes on what comes, when it comes.
  'X-Accel-Buffering': 'no',
  // So that a server that stops need not wait for it to be idle.
  Connection: 'close',
};

export function createEventStreams(limits: StreamLimits = STREAM_LIMITS): EventStreams {
  const open = new Map<Response, StreamOwner>();
  let stopped = false;

  function refuse({ account, portalLink }: StreamOwner): void {
    if (stopped) throw new AppError(503, 'unavailable', 'This server is about to stop; come again.');
    const owners = [...open.values()];
    refuseMore('account', owners.filter((of) => of.account === account).length, limits.mostOfAccount);
    if (portalLink === undefined) return;
    const ofLink = owners.filter((of) => of.portalLink === portalLink).length;
    refuseMore('portal link', ofLink, limits.mostOfPortalLink);
  }

  return {
    open(of, response, mayGoOn) {
      refuse(of);
      open.set(response, of);
      // Not sent yet: what fails before the beginning is still told as a problem.
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      const write = (text: string) => {
        if (response.writableEnded || response.destroyed) return;
        response.write(text);
        if (response.writableLength > limits.mostUnreadBytes) response.destroy();
      };
      const drained = () =>
        new Promise<void>((resolve) => {
          if (!response.writableNeedDrain || response.destroyed) return resolve();
          const done = () => {
            response.off('drain', done).off('close', done);
            resolve();
          };
          response.on('drain', done).on('close', done);
        });
      const inTurn = createTurns(limits.mostUnreadBytes, async (text) => {
        write(text);
        await drained();
      });
      const heartbeat = setInterval(() => write(': still here\n\n'), limits.heartbeatMs);
      const end = setTimeout(() => response.end(), limits.longestMs);
      const recheck =
        mayGoOn &&
        setInterval(() => {
          // What cannot be asked now is asked again.
          void mayGoOn().then(
            (may) => may || response.end(),
            () => undefined,
          );
        }, limits.recheckMs);
      for (const timer of [heartbeat, end, recheck]) timer?.unref();
      response.once('close', () => {
        for (const timer of [heartbeat, recheck]) clearInterval(timer);
        clearTimeout(end);
        open.delete(response);
      });
      return {
        begin: () => write(': here\n\n'),
        send: (event) => write(textOf(event)),
        sendAll(events) {
          if (!inTurn(events.map(textOf))) response.destroy();
        },
        drained,
        end: () => response.end(),
        onClose: (closed) => {
          if (response.destroyed) closed();
          else response.once('close', closed);
        },
      };
    },
    stop() {
      stopped = true;
      for (const response of open.keys()) response.end();
    },
  };
}

function refuseMore(whose: string, count: number, most: number): void {
  if (count < most) return;
  const detail = `The ${whose} has ${most} streams open; close one that is not needed.`;
  throw new AppError(429, 'too_many_streams', detail);
}

function textOf({ event, id, data }: EventToSend): string {
  const lines = [`event: ${event}`, ...(id === undefined ? [] : [`id: ${id}`])];
  return `${lines.join('\n')}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Sends batches of texts in the order that they are given, one text at a time.
 *
 * @returns gives it a batch; false when more than `mostBytes` wait already behind the batch that is under way
 */
function createTurns(
  mostBytes: number,
  send: (text: string) => Promise<void>,
): (batch: readonly string[]) => boolean {
  const waiting: { batch: readonly string[]; bytes: number }[] = [];
  let isSending = false;

  async function sendWaiting(): Promise<void> {
    isSending = true;
    for (let next = waiting.shift(); next; next = waiting.shift())
      for (const text of next.batch) await send(text);
    isSending = false;
  }

  return (batch) => {
    if (waiting.reduce((sum, { bytes }) => sum + bytes, 0) > mostBytes) return false;
    waiting.push({ batch, bytes: batch.reduce((sum, text) => sum + Buffer.byteLength(text), 0) });
    if (!isSending) void sendWaiting();
    return true;
  };
}
