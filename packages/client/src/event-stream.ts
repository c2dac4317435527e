/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  /** What kind of event it is; `message` where the stream does not say. */
  event: string;
  /** For `Last-Event-ID`. */
  id: string | undefined;
  data: string;
}

/** The events of an answer that is a stream, as they come, until it ends. Comments are left out. */
export async function* eventsIn(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  for await (const events of eventsByChunk(body)) yield* events;
}

/** For whatever comes of a stream, comments too, the events that have become whole with it. */
export async function* eventsByChunk(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<ServerSentEvent[], void, undefined> {
  if (!body) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (text + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      // What is not whole yet.
      text = blocks.pop() ?? '';
      yield blocks.flatMap((block) => eventOf(block) ?? []);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): ServerSentEvent | undefined {
  const lines = block.split(/\r?\n/);
  const valuesOf = (field: string) =>
    lines.filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2));
  const data = valuesOf('data');
  if (data.length === 0) return undefined;
  return { event: valuesOf('event').at(-1) ?? 'message', id: valuesOf('id').at(-1), data: data.join('\n') };
}
