import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.ts';
import type { Site } from './site.ts';

/** Of both catalogues the type that merchants send most. */
const EVENT_TYPE = 'order.completed';
const RECORDED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** An accepted event. Times are those of `nowMs`. */
export interface Accepted {
  id: string;
  sentAtMs: number;
  answeredAtMs: number;
}

/** An account with one Selgora endpoint, and the sender of its events. */
export interface Merchant {
  /** Sends one event of the catalogue with its sample data. @throws Error unless it is accepted */
  send(): Promise<Accepted>;
  /** Waits until no delivery is open, and says when that was. @throws Error when one failed, or at the deadline */
  allSucceeded(): Promise<number>;
  close(): void;
}

/** Creates account and endpoint. Connections are kept alive, as many as there are requests at once. */
export async function createMerchant(
  { url, apiKey }: Site,
  account: string,
  receiverUrl: string,
): Promise<Merchant> {
  const agent = new Agent({ keepAlive: true });
  const origin = new URL(url);

  async function call<Answer>(method: string, path: string, body?: string): Promise<Answer> {
    const { status, text } = await exchange(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
    return JSON.parse(text) as Answer;
  }

  function exchange(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${apiKey}`,
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      };
      const outgoing = request({ agent, host: origin.hostname, port: origin.port, method, path, headers });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      outgoing.end(body);
    });
  }

  const base = `/v1/accounts/${account}`;
  await call('PUT', base, '{}');
  await call(
    'POST',
    `${base}/endpoints`,
    JSON.stringify({ url: receiverUrl, profile: 'selgora', events: [EVENT_TYPE] }),
  );
  const { sample } = await call<{ sample: unknown }>('GET', `/v1/event-types/${EVENT_TYPE}`);
  const event = JSON.stringify({ event: EVENT_TYPE, data: sample });

  const anyIn = async (statuses: string) => {
    const page = await call<{ data: unknown[] }>('GET', `${base}/deliveries?limit=1&status=${statuses}`);
    return page.data.length > 0;
  };

  return {
    async send() {
      const sentAtMs = nowMs();
      const { id } = await call<{ id: string }>('POST', `${base}/events`, event);
      return { id, sentAtMs, answeredAtMs: nowMs() };
    },
    async allSucceeded() {
      const deadline = Date.now() + RECORDED_WITHIN_MS;
      while (await anyIn('pending,delivering')) {
        if (Date.now() > deadline) throw new Error('a delivery was not recorded in time');
        await delay(LOOK_EVERY_MS);
      }
      const doneAtMs = nowMs();
      if (await anyIn('retrying,held,failed,cancelled'))
        throw new Error('a delivery did not succeed at once');
      return doneAtMs;
    },
    close: () => agent.destroy(),
  };
}
