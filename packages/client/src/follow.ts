import { eventsIn, type ServerSentEvent } from './event-stream.ts';
import { PosthasteError } from './problem.ts';

/** How long to wait before each try to come again; the last one again and again. */
const PAUSES_MS = [100, 1000, 2000, 5000, 15_000];
/** A stream says something every 15 seconds: one that does not is broken, and nobody said so. */
const SILENT_FOR_MS = 45_000;

export interface Following {
  /** Opens the stream, from after that event on. @throws when it cannot be had */
  open(lastId: string | undefined, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null>;
  hear(event: ServerSentEvent): void;
  /** Called when it is there at first, and when it is there again after `lost` was called. */
  found?(): void;
  /** Called when it is gone, and is not there again at once. */
  lost?(why: string): void;
  /** A first try that fails is thrown, whatever it came of; default: what may go by itself is waited for. */
  throwAtFirst?: boolean;
  /** Ends it. */
  signal: AbortSignal;
}

/**
 * Hears the events of a stream until `signal` is aborted, and comes again whenever the stream ends or breaks. With a key,
 * which `EventSource` cannot send.
 *
 * @throws what refuses it and will not go by itself, such as a key that was revoked
 */
export async function follow({
  open,
  hear,
  found,
  lost,
  throwAtFirst = false,
  signal,
}: Following): Promise<void> {
  let lastId: string | undefined;
  let hasBegun = false;
  let isFound = false;
  for (let failures = 0; !signal.aborted; ) {
    const silence = new AbortController();
    const timer = silenceAfter(SILENT_FOR_MS, () => silence.abort());
    try {
      const body = await open(lastId, AbortSignal.any([signal, silence.signal]));
      hasBegun = true;
      failures = 0;
      if (!isFound) found?.();
      isFound = true;
      for await (const event of eventsIn(body, timer.again)) {
        lastId = event.id ?? lastId;
        hear(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!goesByItself(error) || (throwAtFirst && !hasBegun)) throw error;
      if (failures > 0) {
        if (isFound || !hasBegun) lost?.((error as Error).message);
        isFound = false;
      }
      failures += 1;
    } finally {
      timer.stop();
    }
    await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0, signal);
  }
}

function goesByItself(error: unknown): boolean {
  return (
    !(error instanceof PosthasteError) || error.status === 0 || error.status === 429 || error.status >= 500
  );
}

function silenceAfter(ms: number, act: () => void): { again(): void; stop(): void } {
  let timer = setTimeout(act, ms);
  const stop = () => clearTimeout(timer);
  return {
    again() {
      stop();
      timer = setTimeout(act, ms);
    },
    stop,
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
