import { bodyWasParsed, type ProfileName } from './body.ts';
import { ByteCollector } from './byte-collector.ts';
import type { AnyEvent } from './events.ts';
import type { Bytes } from './hmac.ts';
import { type EventOf, type Handler, type ReceiverOptions, receiver } from './receive.ts';

/**
 * A handler of Fetch's requests, as Cloudflare Workers, Deno, Bun, Hono and Next.js have them, that verifies
 * `webhook-signature`, whatever the profile. It uses what all of them have: WebCrypto and streams.
 *
 * It answers 204 when `handler` has resolved; 400 to what is not genuine and 413 to what is too long, which ends the
 * delivery; 500, so that it is tried again, when `handler` throws, when the body was read before, and to what was signed too
 * long ago.
 *
 * @throws TypeError at once when there is no secret
 */
export function posthasteWebhook<
  Profile extends ProfileName = 'standard',
  Event extends AnyEvent = EventOf<Profile>,
>(options: ReceiverOptions<Profile>, handler: Handler<Event>): (request: Request) => Promise<Response> {
  const receive = receiver(options, handler);
  return async (request) => {
    const { status, headers, text } = await receive({
      method: request.method,
      headers: request.headers,
      readBody: (limit) => readBody(request, limit),
    });
    return new Response(text || null, { status, headers });
  };
}

async function readBody(request: Request, limit: number): Promise<Bytes> {
  if (request.bodyUsed) throw bodyWasParsed('This body was read before posthasteWebhook.');
  const collector = new ByteCollector(limit);
  const reader = request.body?.getReader();
  try {
    for (;;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return collector.whole();
      collector.add(chunk.value);
    }
  } catch (error) {
    // Nobody reads the rest.
    reader?.cancel().catch(() => {});
    throw error;
  }
}
