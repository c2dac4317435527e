import { setTimeout as pause } from 'node:timers/promises';
import { eventsIn, PosthasteError, type ServerSentEvent } from '../../packages/client/src/index.ts';

/** How long to wait before each try to come again; the last one again and again. */
const PAUSES_MS = [100, 1000, 2000, 5000];
/** A stream says something every 15 seconds. */
const SILENT_FOR_MS = 45_000;

export interface Following {
  /** Opens the stream, from after that event on. @throws when it cannot be had */
  open(lastId: string | undefined, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null>;
  hear(event: ServerSentEvent): void;
  /** Called when it is gone, and is not there again at once. */
  lost(why: string): void;
  /** Called when it is there at first, and when it is there again after that was called. */
  found(): void;
  /** Ends it. */
  signal: AbortSignal;
}

/**
 * Hears the events of a stream until `signal` is aborted, and comes again whenever the stream ends or breaks.
 *
 * @throws what refuses it: at the first try anything, later what will not go by itself, such as a key that was revoked
 */
export async function follow({ open, hear, lost, found, signal }: Following): Promise<void> {
  let lastId: string | undefined;
  let hasBegun = false;
  let isFound = false;
  for (let failures = 0; !signal.aborted; ) {
    const silence = new AbortController();
    try {
      const body = await open(lastId, AbortSignal.any([signal, silence.signal]));
      hasBegun = true;
      failures = 0;
      if (!isFound) found();
      isFound = true;
      for await (const event of eventsIn(watched(body, silence))) {
        lastId = event.id ?? lastId;
        hear(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!hasBegun || !goesByItself(error)) throw error;
      if (isFound && failures > 0) lost((error as Error).message);
      if (failures > 0) isFound = false;
      failures += 1;
    }
    await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)], undefined, { signal }).catch(() => {});
  }
}

function goesByItself(error: unknown): boolean {
  return (
    !(error instanceof PosthasteError) || error.status === 0 || error.status === 429 || error.status >= 500
  );
}

/** A connection that broke without a word is one on which nothing comes. */
function watched(
  body: ReadableStream<Uint8Array> | null,
  silence: AbortController,
): ReadableStream<Uint8Array> {
  const timer = setTimeout(() => silence.abort(), SILENT_FOR_MS).unref();
  const source = body ?? new ReadableStream({ start: (controller) => controller.close() });
  return source.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        timer.refresh();
        controller.enqueue(chunk);
      },
    }),
  );
}
