import { eventsByChunk, type ServerSentEvent } from './event-stream.ts';
import { notTheApi, PosthasteError } from './problem.ts';

/** How long to wait before each try to come again; the last one again and again. */
const PAUSES_MS = [100, 1000, 2000, 5000, 15_000];
/** A stream says something every 15 seconds: one that does not is broken, and nobody said so. */
const SILENT_FOR_MS = 45_000;

export interface Following {
  /** Opens the stream, from after that event on: a call with `parseAs: 'stream'`. @throws when it cannot be had */
  open(lastId: string | undefined, signal: AbortSignal): Promise<{ response: Response }>;
  hear(event: ServerSentEvent): void;
  /** Called when something of it has come at first, and again after `lost` was called. */
  found?(): void;
  /** Called when it is gone, and is not there again at once. */
  lost?(why: string): void;
  /** A first try that fails is thrown, whatever it came of; default: what may go by itself is waited for. */
  throwAtFirst?: boolean;
  /** Ends it. */
  signal: AbortSignal;
}

type News = { kind: 'found' } | { kind: 'lost'; why: string } | { kind: 'event'; event: ServerSentEvent };

/**
 * Hears the events of a stream until `signal` is aborted, and comes again whenever the stream ends or breaks. With a key,
 * which `EventSource` cannot send.
 *
 * @throws what refuses it and will not go by itself, such as a key that was revoked; and what `hear`, `found` or `lost` throw
 */
export async function follow({ hear, found, lost, ...stream }: Following): Promise<void> {
  for await (const news of newsOf(stream)) {
    if (stream.signal.aborted) return;
    if (news.kind === 'found') found?.();
    else if (news.kind === 'lost') lost?.(news.why);
    else hear(news.event);
  }
}

async function* newsOf({
  open,
  throwAtFirst = false,
  signal,
}: Pick<Following, 'open' | 'throwAtFirst' | 'signal'>): AsyncGenerator<News, void, undefined> {
  let lastId: string | undefined;
  let state: 'new' | 'found' | 'lost' = 'new';
  for (let failures = 0; !signal.aborted; ) {
    const silence = new AbortController();
    const timer = silenceAfter(SILENT_FOR_MS, () => silence.abort());
    try {
      const { response } = await open(lastId, AbortSignal.any([signal, silence.signal]));
      let isMute = true;
      for await (const events of eventsByChunk(streamIn(response))) {
        timer.again();
        isMute = false;
        failures = 0;
        if (state !== 'found') yield { kind: 'found' };
        state = 'found';
        for (const event of events) {
          yield { kind: 'event', event };
          lastId = event.id ?? lastId;
        }
      }
      if (isMute) throw new Error('The stream ended before anything came.');
    } catch (error) {
      if (signal.aborted) return;
      if (!goesByItself(error) || (throwAtFirst && state === 'new')) throw error;
      if (failures > 0) {
        if (state !== 'lost') yield { kind: 'lost', why: (error as Error).message };
        state = 'lost';
      }
      failures += 1;
    } finally {
      timer.stop();
    }
    await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0, signal);
  }
}

/** @throws {PosthasteError} when the answer is something else, such as the page of a proxy that asks who one is */
function streamIn(response: Response): ReadableStream<Uint8Array> | null {
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) return response.body;
  response.body?.cancel().catch(() => undefined);
  throw notTheApi(response);
}

function goesByItself(error: unknown): boolean {
  if (!(error instanceof PosthasteError)) return true;
  const { status } = error;
  return status < 300 || status === 429 || status >= 500;
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
