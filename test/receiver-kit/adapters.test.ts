import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import express, { type RequestHandler } from 'express';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { posthasteWebhook as expressWebhook } from '../../packages/receiver/src/express.ts';
import { posthasteWebhook as fetchWebhook } from '../../packages/receiver/src/fetch.ts';
import {
  type Handler,
  type ReceiverOptions,
  type SelgoraEvent,
  type SelzEvent,
  type StandardEvent,
  WebhookVerificationError,
} from '../../packages/receiver/src/index.ts';
import { PROFILES } from '../../src/domain/delivery.ts';
import { newSecret } from '../../src/profiles/secret.ts';
import { waitUntil } from '../support/wait.ts';
import { delivery, SECRET } from './deliveries.ts';

type Known = SelgoraEvent | SelzEvent | StandardEvent;
type Options = Partial<ReceiverOptions>;

/** Serves until the test is over. */
async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`);
}

/** Sends a request through an adapter; what it answers. */
type Send = (request: RequestInit) => Promise<Response>;

type Open = (options: Options, handler: Handler<Known>) => Promise<Send>;

/** Express with a parser before the adapter. */
function behind(parser: RequestHandler): Open {
  return async (options, handler) => {
    const app = express();
    app.use(parser);
    app.use('/webhooks', expressWebhook({ secret: SECRET, ...options }, handler));
    const url = await serve(app);
    return (request) => fetch(url, request);
  };
}

const ADAPTERS: Record<string, Open> = {
  async 'Express without a parser'(options, handler) {
    const app = express();
    app.post('/webhooks', expressWebhook({ secret: SECRET, ...options }, handler));
    // Behind the route that needs the bytes.
    app.use(express.json());
    app.all('/webhooks', (_request, response) => void response.status(418).end());
    const url = await serve(app);
    return (request) => fetch(url, request);
  },
  'Express behind express.raw': behind(express.raw({ type: 'application/json', limit: '2mb' })),
  'Express behind express.text': behind(express.text({ type: 'application/json', limit: '2mb' })),
  'a parser that keeps rawBody': behind(
    express.json({
      verify: (request, _response, rawBody) => void Object.assign(request, { rawBody }),
      limit: '2mb',
    }),
  ),
  async 'node:http'(options, handler) {
    const url = await serve(expressWebhook({ secret: SECRET, ...options }, handler));
    return (request) => fetch(url, request);
  },
  async Fetch(options, handler) {
    const webhook = fetchWebhook({ secret: SECRET, ...options }, handler);
    return (request) => webhook(new Request('https://receiver.example.com/webhooks', request));
  },
};

function post({ headers, body }: ReturnType<typeof delivery>): RequestInit {
  return { method: 'POST', headers, body };
}

const quiet = { onError: () => {} };

describe.each(Object.entries(ADAPTERS))('%s', (name, open) => {
  test('hands on what is genuine, of every profile, and answers 204', async () => {
    for (const profile of PROFILES) {
      const taken: unknown[] = [];
      const send = await open({ profile }, (event, { rawBody, ...rest }) => {
        taken.push(event, Buffer.from(rawBody).toString(), rest);
      });
      const sent = delivery(profile);
      expect((await send(post(sent))).status).toBe(204);
      expect(taken).toEqual([JSON.parse(sent.body), sent.body, { id: 'dlv_1', attempt: 2 }]);
    }
  });

  test('answers 400 to what is not, and says why', async () => {
    const handler = vi.fn();
    const onError = vi.fn();
    const send = await open({ onError }, handler);
    const forged = { ...delivery('standard'), body: delivery('standard').body.replace('maria', 'Maria') };
    for (const [code, sent] of [
      ['wrong_signature', delivery('standard', { secrets: [newSecret()] })],
      ['wrong_signature', forged],
      ['malformed_body', delivery('selgora')],
      ['missing_header', { headers: { 'content-type': 'application/json' }, body: '{}' }],
    ] as const) {
      const response = await send(post(sent));
      expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(`^${code}: `)]);
      expect(onError).toHaveBeenLastCalledWith(expect.objectContaining({ code }));
    }
    expect(handler).not.toHaveBeenCalled();
  });

  test('answers 500 when the handler throws, so that the event comes again, and tells onError', async () => {
    const onError = vi.fn(() => {
      throw new Error('nor can that be told');
    });
    const written = vi.spyOn(console, 'error').mockReturnValue();
    const send = await open({ onError }, async () => {
      throw Object.assign(new Error('the database is away'), { status: 400 });
    });
    const response = await send(post(delivery('standard')));
    expect([response.status, await response.text()]).toEqual([500, 'The event could not be taken.']);
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'the database is away' }));
    expect(written).toHaveBeenCalledOnce();
    written.mockRestore();
  });

  test('answers 500 to what was signed too long ago, for another attempt has another time', async () => {
    const handler = vi.fn();
    const late = delivery('standard', { at: new Date(Date.now() - 302_000) });
    const send = await open(quiet, handler);
    const response = await send(post(late));
    expect([response.status, await response.text()]).toEqual([500, expect.stringMatching(/^too_old: /)]);
    expect(handler).not.toHaveBeenCalled();
    const patient = await open({ toleranceSeconds: 400 }, handler);
    expect((await patient(post(late))).status).toBe(204);
  });

  test('answers 500 whatever the handler throws, a verification error of its own too', async () => {
    const send = await open(quiet, () => {
      throw new WebhookVerificationError('wrong_signature', 'of something else');
    });
    expect((await send(post(delivery('standard')))).status).toBe(500);
  });

  test('answers once the handler is done, not before', async () => {
    let done = false;
    const send = await open({}, async () => {
      await new Promise((resume) => setImmediate(resume));
      done = true;
    });
    expect([(await send(post(delivery('standard')))).status, done]).toEqual([204, true]);
  });

  test('does not handle again what isDuplicate knows', async () => {
    const known = new Set<string>();
    const handler = vi.fn((event: Known) => known.add(event.id));
    const send = await open({ isDuplicate: async (id) => known.has(id) }, handler);
    for (let time = 0; time < 2; time += 1) expect((await send(post(delivery('standard')))).status).toBe(204);
    expect(handler).toHaveBeenCalledOnce();
    const failing = await open({ ...quiet, isDuplicate: () => Promise.reject(new Error('away')) }, handler);
    expect((await failing(post(delivery('standard')))).status).toBe(500);
  });

  test('takes either secret while one is being changed', async () => {
    const old = newSecret();
    const send = await open({ ...quiet, secret: [SECRET, old] }, () => {});
    expect((await send(post(delivery('standard', { secrets: [old] })))).status).toBe(204);
    expect((await send(post(delivery('standard', { secrets: [newSecret()] })))).status).toBe(400);
  });

  test.skipIf(/raw|text/i.test(name))('answers 413 to what is too long, announced or not', async () => {
    const handler = vi.fn();
    const send = await open({ ...quiet, limit: 300 }, handler);
    const response = await send(post(delivery('standard')));
    expect([response.status, await response.text()]).toEqual([
      413,
      expect.stringMatching(/^body_too_large: /),
    ]);
    expect(handler).not.toHaveBeenCalled();
    const roomy = await open({ limit: 2_000 }, handler);
    expect((await roomy(post(delivery('standard')))).status).toBe(204);
  });

  test('is refused at once without a secret, or with options that are none', async () => {
    for (const secret of ['', 'whsec_', [SECRET, '']])
      await expect(open({ secret }, () => {})).rejects.toThrow(/Is its setting empty/);
    await expect(open({ profile: 'stripe' as never }, () => {})).rejects.toThrow(/no profile "stripe"/);
    await expect(open({ toleranceSeconds: Number.NaN }, () => {})).rejects.toThrow(/toleranceSeconds/);
  });

  test('takes POST alone', async () => {
    const handler = vi.fn();
    const send = await open({}, handler);
    const response = await send({ method: 'PUT', body: '{}' });
    expect([405, 418]).toContain(response.status);
    expect(handler).not.toHaveBeenCalled();
  });
});

describe('a body that is gone', () => {
  test('behind express.json is our own fault: 500, and how to mend it', async () => {
    const app = express();
    app.use(express.json());
    app.post(
      '/webhooks',
      expressWebhook({ secret: SECRET, ...quiet }, () => {}),
    );
    const response = await fetch(await serve(app), post(delivery('standard')));
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.stringMatching(/^body_was_parsed: .*before app\.use\(express\.json\(\)\)/),
    ]);
  });

  test('with Fetch, when it was read before', async () => {
    const request = new Request('https://receiver.example.com/', post(delivery('standard')));
    await request.text();
    const response = await fetchWebhook({ secret: SECRET, ...quiet }, () => {})(request);
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.stringMatching(/^body_was_parsed: /),
    ]);
  });

  test('with Fetch, when there is none', async () => {
    const { headers } = delivery('standard');
    const request = new Request('https://receiver.example.com/', { method: 'POST', headers });
    expect((await fetchWebhook({ secret: SECRET, ...quiet }, () => {})(request)).status).toBe(400);
  });

  test('half-way, with the connection, is never handled', async () => {
    const handler = vi.fn();
    const onError = vi.fn();
    const url = await serve(expressWebhook({ secret: SECRET, onError }, handler));
    const socket = connect(Number(url.port), url.hostname);
    socket.write('POST /webhooks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"id":', () =>
      socket.destroy(),
    );
    await waitUntil(async () => onError.mock.calls.length > 0);
    expect(handler).not.toHaveBeenCalled();
  });
});

test('a body that never ends is not collected: it is answered, and the connection closed', async () => {
  const url = await serve(expressWebhook({ secret: SECRET, limit: 1000, ...quiet }, () => {}));
  const socket = connect(Number(url.port), url.hostname);
  onTestFinished(() => void socket.destroy());
  let said = '';
  socket.on('data', (text) => {
    said += text;
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  socket.write('POST /webhooks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const endless = setInterval(() => socket.write(`400\r\n${'x'.repeat(0x400)}\r\n`), 1);
  await closed;
  clearInterval(endless);
  expect(said).toMatch(/^HTTP\/1\.1 413 /);
});
