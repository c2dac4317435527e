// The subscribers, in a process of their own: tell their parent when each delivery came. The URL says how a POST is
// answered: with 200 at once, with 200 after `?delayMs=50`, or, with `?hang`, never.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nowMs } from './clock.ts';

/** Where a POST came to, what it carried, and when its last byte was here, on the clock of `nowMs`. */
export type Arrival = [path: string, deliveryId: string, atMs: number];

/** First the port, then arrivals as they come, and for each path the most POSTs that were under way at once. */
export type ReceiverMessage =
  | { port: number }
  | { arrivals: Arrival[] }
  | { path: string; mostAtOnce: number };

/** POSTs under way at a path. */
interface UnderWay {
  now: number;
  most: number;
}

let untold: Arrival[] = [];
const underWay = new Map<string, UnderWay>();

function tellSoon(arrival: Arrival): void {
  if (untold.length === 0) setImmediate(tell);
  untold.push(arrival);
}

function tell(): void {
  send({ arrivals: untold });
  untold = [];
}

function send(message: ReceiverMessage): void {
  process.send?.(message);
}

/** @returns ends it */
function begin(path: string): () => void {
  const at = underWay.get(path) ?? { now: 0, most: 0 };
  underWay.set(path, at);
  if (++at.now > at.most) {
    at.most = at.now;
    send({ path, mostAtOnce: at.most });
  }
  return () => {
    at.now--;
  };
}

const server = createServer((request, response) => {
  const [path = '', query] = (request.url ?? '').split('?');
  response.once('close', begin(path));
  request.resume();
  request.once('end', () => {
    tellSoon([path, String(request.headers['posthaste-delivery']), nowMs()]);
    if (query === undefined) {
      response.end('ok');
      return;
    }
    const manner = new URLSearchParams(query);
    if (!manner.has('hang')) setTimeout(() => response.end('ok'), Number(manner.get('delayMs')));
  });
});
server.listen(0, '127.0.0.1', () => send({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
// A Ctrl-C at the terminal reaches us too; we go when our parent lets go.
process.on('SIGINT', () => {});
