// A subscriber in a process of its own: answers every POST with 200, and tells its parent when each event came.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nowMs } from './clock.ts';

/** The `webhook-id` of a POST and when its last byte was here, on the clock of `nowMs`. */
export type Arrival = [eventId: string, atMs: number];

/** First the port, then arrivals as they come. */
export type ReceiverMessage = { port: number } | { arrivals: Arrival[] };

let untold: Arrival[] = [];

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

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    tellSoon([String(request.headers['webhook-id']), nowMs()]);
    response.end('ok');
  });
});
server.listen(0, '127.0.0.1', () => send({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
// A Ctrl-C at the terminal reaches us too; we go when our parent lets go.
process.on('SIGINT', () => {});
