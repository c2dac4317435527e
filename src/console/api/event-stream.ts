import { PosthasteError } from '../../../packages/client/src/index.ts';
import { eventsOf, type StreamEvent } from './server-sent-events.ts';

interface StreamOptions {
  /** Asks for the stream. @param lastEventId to be told what came since */
  open(lastEventId: string | undefined, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  onEvent(event: StreamEvent): void;
  /** The stream stands, for the first time or again. */
  onOpen?(): void;
  /** It ended or could not be opened, and will be tried again. */
  onLost?(): void;
  /** Ends it for good. */
  signal: AbortSignal;
}

/** Three heartbeats of the server that did not come: the connection is dead, and nobody said so. */
const SILENT_MS = 45_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** An account has so many streams at most; a window that closes gives one back. */
const TOO_MANY = 429;

/**
 * Follows a stream of server-sent events, with a key, which `EventSource` cannot send. Comes again when it ends, later and
 * later while it cannot be had.
 *
 * @throws {PosthasteError} what the API refuses, and would refuse again
 */
export async function followEvents({ open, onEvent, onOpen, onLost, signal }: StreamOptions): Promise<void> {
  let lastEventId: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    const connection = new AbortController();
    const end = () => connection.abort();
    signal.addEventListener('abort', end);
    // A connection that lost its network ends only much later by itself.
    window.addEventListener('offline', end);
    let silence = setTimeout(end, SILENT_MS);
    try {
      const stream = await open(lastEventId, connection.signal);
      failures = 0;
      onOpen?.();
      const heard = () => {
        clearTimeout(silence);
        silence = setTimeout(end, SILENT_MS);
      };
      for await (const event of eventsOf(stream, heard)) {
        lastEventId = event.id ?? lastEventId;
        onEvent(event);
      }
    } catch (error) {
      if (!signal.aborted && isRefusal(error)) throw error;
      failures += 1;
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', end);
      window.removeEventListener('offline', end);
      connection.abort();
    }
    if (signal.aborted) return;
    onLost?.();
    await wait(waitMs(failures), signal);
  }
}

const isRefusal = (error: unknown) =>
  error instanceof PosthasteError && error.status >= 400 && error.status < 500 && error.status !== TOO_MANY;

/** Spread, so that not everybody comes at once when a server is back. */
function waitMs(failures: number): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));
  return most / 2 + (Math.random() * most) / 2;
}

/** Shorter when the network is back. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { signal: over.signal });
    window.addEventListener('online', end, { signal: over.signal });
  });
}
