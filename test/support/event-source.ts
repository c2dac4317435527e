/** One server-sent event. */
export interface ServerSentEvent {
  event: string;
  id: string | undefined;
  data: string;
}

export interface EventSource {
  status: number;
  headers: Headers;
  /** Those that have come so far. */
  events: ServerSentEvent[];
  /** Comment lines that have come so far. */
  comments: string[];
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  close(): void;
}

/** Opens a stream of server-sent events; resolves when its head has come. */
export async function listenTo(url: string, headers: Record<string, string>): Promise<EventSource> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const source: EventSource = {
    status: response.status,
    headers: response.headers,
    events: [],
    comments: [],
    ended: readAll(),
    close: () => abort.abort(),
  };
  async function readAll(): Promise<void> {
    let text = '';
    try {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) take(block);
      }
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    }
  }
  function take(block: string): void {
    const lines = block.split('\n');
    const field = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = field('data');
    source.comments.push(...lines.filter((line) => line.startsWith(':')));
    if (data !== undefined) source.events.push({ event: field('event') ?? 'message', id: field('id'), data });
  }
  return source;
}
