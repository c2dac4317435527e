import { bodyWasParsed, bytesOf, type ProfileName } from './body.ts';
import { ByteCollector } from './byte-collector.ts';
import type { AnyEvent } from './events.ts';
import type { Bytes } from './hmac.ts';
import { type EventOf, type Handler, type ReceiverOptions, receiver } from './receive.ts';

/** A request of Express, Connect or `node:http`. */
export interface NodeRequest {
  method?: string | undefined;
  headers: Record<string, string | string[] | undefined>;
  /** Whether somebody has begun to read the body. */
  readableDidRead: boolean;
  /** Set by a parser, if one ran before. */
  body?: unknown;
  /** The bytes beside a parsed body, where a framework keeps them. */
  rawBody?: unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(text?: string): unknown;
}

/**
 * A handler of Express, Connect or `node:http` that verifies `webhook-signature`, whatever the profile, over a body that
 * it reads itself: it needs no parser and works before `express.json()`, or behind `express.raw()`.
 *
 * It answers 204 when `handler` has resolved; 400 to what is not genuine and 413 to what is too long, which ends the
 * delivery; 500, so that it is tried again, when `handler` throws, when a parser has taken the bytes, and to what was signed
 * too long ago. It never calls `next`, because an application's own error handler may answer 4xx.
 *
 * @throws TypeError at once when there is no secret
 */
export function posthasteWebhook<
  Profile extends ProfileName = 'standard',
  Event extends AnyEvent = EventOf<Profile>,
>(
  options: ReceiverOptions<Profile>,
  handler: Handler<Event>,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  const receive = receiver(options, handler);
  return async (request, response) => {
    const { status, headers, text } = await receive({
      method: request.method,
      headers: request.headers,
      readBody: (limit) => readBody(request, limit),
    });
    // Of what is too long the rest has not been read, so the connection is of no more use.
    response.writeHead(status, status === 413 ? { ...headers, connection: 'close' } : headers);
    response.end(text);
  };
}

async function readBody(request: NodeRequest, limit: number): Promise<Bytes> {
  for (const kept of [request.rawBody, request.body])
    if (typeof kept === 'string' || kept instanceof Uint8Array) return bytesOf(kept);
  if (request.readableDidRead) throw bodyWasParsed('A parser has read this body before posthasteWebhook.');

  const collector = new ByteCollector(limit);
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Uint8Array) => {
      try {
        collector.add(chunk);
      } catch (error) {
        // What still comes is thrown away until the connection closes behind the answer.
        reject(error);
      }
    });
    request.on('end', () => resolve(collector.whole()));
    request.on('error', reject);
  });
}
