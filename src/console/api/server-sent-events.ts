/** One server-sent event. */
export interface StreamEvent {
  event: string;
  id: string | undefined;
  data: string;
}

/** The events of a stream as they come. @param heard called for whatever came, comments too */
export async function* eventsOf(
  stream: ReadableStream<Uint8Array>,
  heard: () => void = () => undefined,
): AsyncGenerator<StreamEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parse(block);
      if (event) yield event;
    }
  }
}

/** Undefined for a block that is only a comment. */
function parse(block: string): StreamEvent | undefined {
  const fields = { event: 'message', id: undefined as string | undefined };
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, name, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'event' || name === 'id') fields[name] = value;
  }
  return data.length > 0 ? { ...fields, data: data.join('\n') } : undefined;
}
