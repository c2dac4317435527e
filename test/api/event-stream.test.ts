import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Response } from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { createEventStreams, type EventStream, STREAM_LIMITS } from '../../src/api/event-stream.ts';
import { type EventSource, listenTo } from '../support/event-source.ts';
import { waitUntil } from '../support/wait.ts';

/** A server whose every answer is a stream. */
async function serve(limits: Partial<typeof STREAM_LIMITS>) {
  const streams = createEventStreams({ ...STREAM_LIMITS, ...limits });
  const open: (EventStream & { isClosed: boolean })[] = [];
  const server = createServer((_request, response) => {
    const stream = { ...streams.open({ account: 'shop' }, response as unknown as Response), isClosed: false };
    stream.onClose(() => {
      stream.isClosed = true;
    });
    stream.begin();
    open.push(stream);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    streams,
    open,
    listen: (): Promise<EventSource> => listenTo(`http://127.0.0.1:${port}/`, {}),
  };
}

test('a comment comes again and again while nothing happens', async () => {
  const { listen, open } = await serve({ heartbeatMs: 10 });
  const source = await listen();
  await waitUntil(() => source.comments.length >= 3);
  source.close();
  await waitUntil(() => open[0]?.isClosed);
});

test('a comment comes at once, so that a client knows that the stream is there', async () => {
  const { listen } = await serve({});
  const source = await listen();
  await waitUntil(() => source.comments.length === 1);
  source.close();
});

test('events are written as they are sent, whatever is in them', async () => {
  const { listen, open } = await serve({});
  const source = await listen();
  open[0]?.send({ event: 'delivery', id: '1', data: { text: 'one\n\ntwo: \u00e9' } });
  open[0]?.send({ event: 'other', data: null });
  await waitUntil(() => source.events.length === 2);
  expect(source.events).toEqual([
    { event: 'delivery', id: '1', data: JSON.stringify({ text: 'one\n\ntwo: \u00e9' }) },
    { event: 'other', id: undefined, data: 'null' },
  ]);
});

test('a stream ends after its time', async () => {
  const { listen } = await serve({ longestMs: 50 });
  await (await listen()).ended;
});

/** A client that asks for a stream and reads nothing, until it is resumed. */
async function listenDeaf(port: number, open: unknown[]) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await waitUntil(() => open.length === 1);
  return socket;
}

test('a client that does not read is dropped', async () => {
  const { port, open } = await serve({ mostUnreadBytes: 100_000 });
  await listenDeaf(port, open);
  const data = 'x'.repeat(50_000);
  await waitUntil(() => {
    open[0]?.send({ event: 'delivery', data });
    return open[0]?.isClosed;
  });
});

/** More than the systems between keep for a client. */
const MANY = Array.from({ length: 4000 }, (_, n) => ({
  event: 'delivery',
  id: `${n}`,
  data: 'x'.repeat(5000),
}));

test('many at once wait until a client reads them, all in order, however many they are', async () => {
  const { port, open } = await serve({ mostUnreadBytes: 100_000 });
  const socket = await listenDeaf(port, open);
  open[0]?.sendAll(MANY);
  open[0]?.sendAll([{ event: 'delivery', id: 'after', data: '' }]);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.resume();
  await waitUntil(() => text.includes('id: after\n'));
  expect([...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id)).toEqual([
    ...MANY.map(({ id }) => id),
    'after',
  ]);
});

test('a client that does not read them is dropped once too much waits behind them', async () => {
  const { port, open } = await serve({ mostUnreadBytes: 100_000 });
  await listenDeaf(port, open);
  open[0]?.sendAll(MANY);
  const more = [{ event: 'delivery', data: 'x'.repeat(60_000) }];
  for (let sent = 0; sent < 2; sent++) open[0]?.sendAll(more);
  expect(open[0]?.isClosed).toBe(false);
  open[0]?.sendAll(more);
  await waitUntil(() => open[0]?.isClosed);
});

test('none is opened any more once they are stopped', async () => {
  const { listen, streams } = await serve({});
  const source = await listen();
  streams.stop();
  await source.ended;
  expect(() => streams.open({ account: 'shop' }, {} as Response)).toThrow(
    expect.objectContaining({ status: 503 }),
  );
});
