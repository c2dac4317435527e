import { expect, test } from 'vitest';
import { eventsIn } from '../../packages/client/src/index.ts';

/** A stream of these bytes, so many at a time. */
function streamOf(bytes: Uint8Array, atATime: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(sent, sent + atATime));
      sent += atATime;
    },
  });
}

async function all(text: string, atATime = 1024) {
  const events = [];
  for await (const event of eventsIn(streamOf(new TextEncoder().encode(text), atATime))) events.push(event);
  return events;
}

test.each([1, 2, 7, 1024])('events are whole, however their bytes come: %i at a time', async (atATime) => {
  const text = 'event: delivery\nid: 1\ndata: {"name":"Zoë"}\n\n: still here\n\nevent: request\ndata: {}\n\n';
  expect(await all(text, atATime)).toEqual([
    { event: 'delivery', id: '1', data: '{"name":"Zoë"}' },
    { event: 'request', id: undefined, data: '{}' },
  ]);
});

test('an event that was cut off is none, and lines of data are one', async () => {
  expect(await all('data: a\ndata: b\n\nevent: x\ndata: {"cut')).toEqual([
    { event: 'message', id: undefined, data: 'a\nb' },
  ]);
});

test('whoever has had enough lets the stream go', async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const { data } of eventsIn(stream)) if (data === 'x') break;
  expect(cancelled).toBe(true);
});

test('lines may end as on Windows', async () => {
  expect(await all('event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n')).toEqual([
    { event: 'a', id: undefined, data: '1' },
    { event: 'message', id: undefined, data: '2' },
  ]);
});
