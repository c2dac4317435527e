import { expect, test } from 'vitest';
import { eventsOf, type StreamEvent } from '../../src/console/api/server-sent-events.ts';

/** What is read of a text that comes in pieces of so many bytes. */
async function read(text: string, size: number): Promise<StreamEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
  const found: StreamEvent[] = [];
  for await (const event of eventsOf(stream)) found.push(event);
  return found;
}

test.each([1, 3, 1000])('events are read whole, in pieces of %i bytes', async (size) => {
  const text =
    ': still here\n\nevent: delivery\nid: 2026-01-01T00:00:00.000Z\ndata: {"name":"Zoë: 1"}\n\n' +
    'data: one\ndata: two\n\nevent: cut off\ndata: here';
  expect(await read(text, size)).toEqual([
    { event: 'delivery', id: '2026-01-01T00:00:00.000Z', data: '{"name":"Zoë: 1"}' },
    { event: 'message', id: undefined, data: 'one\ntwo' },
  ]);
});

test('lines may end as on Windows', async () => {
  expect(await read('event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n', 1)).toEqual([
    { event: 'a', id: undefined, data: '1' },
    { event: 'message', id: undefined, data: '2' },
  ]);
});

test('whatever comes is heard, comments too', async () => {
  let heard = 0;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const text of [': one\n\n', ': two\n\n']) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
  for await (const _ of eventsOf(stream, () => heard++)) expect.unreachable();
  expect(heard).toBe(2);
});
