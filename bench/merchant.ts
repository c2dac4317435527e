import { setTimeout as delay } from 'node:timers/promises';
import { type ApiClient, createApiClient } from './api-client.ts';
import type { Arrivals } from './arrivals.ts';
import { nowMs } from './clock.ts';
import type { Site } from './site.ts';

/** Of both catalogues the type that merchants send most. */
const EVENT_TYPE = 'order.completed';
const RECORDED_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 20;

/** An accepted event. Times are those of `nowMs`. */
export interface Accepted {
  deliveryIds: string[];
  sentAtMs: number;
  answeredAtMs: number;
}

/** What is not at its default with a merchant's endpoints. */
export interface EndpointSettings {
  /** How many there are, default 1. All receive every event. */
  count?: number;
  maxConcurrency?: number;
  timeoutMs?: number;
  /** How the receiver answers, as its URL's query. */
  manner?: string;
}

/** An account with Selgora endpoints, and the sender of its events. */
export interface Merchant {
  /** Sends one event of the catalogue with its sample data. @throws Error unless it is accepted */
  send(): Promise<Accepted>;
  /** Sends so many in one request. @throws Error unless all are accepted */
  sendBatch(events: number, options?: { deliverAt?: Date }): Promise<Accepted[]>;
  /** When each of its deliveries was first received, by endpoint. */
  arrivals(): (readonly number[])[];
  /** How many of its deliveries were received. */
  received(): number;
  /** The most POSTs that one of its endpoints had under way at once. */
  mostAtOnce(): number;
  /** Waits until no delivery is open, and says when that was. @throws Error when one failed, or at the deadline */
  allSucceeded(): Promise<number>;
  /** Waits until none is open, and counts those that did not succeed. @throws Error at the deadline */
  unsuccessful(): Promise<number>;
  /** A call below the account: `/deliveries?limit=1`. */
  call: ApiClient['call'];
  close(): void;
}

/** Creates account and endpoints. */
export async function createMerchant(
  site: Pick<Site, 'url' | 'apiKey'>,
  arrivals: Arrivals,
  account: string,
  { count = 1, manner, ...settings }: EndpointSettings = {},
): Promise<Merchant> {
  const client = createApiClient(site);
  const base = `/v1/accounts/${account}`;
  const call: ApiClient['call'] = (method, path, body) => client.call(method, `${base}${path}`, body);
  const paths = Array.from({ length: count }, (_, index) => `/${account}/${index}`);

  await call('PUT', '', '{}');
  for (const path of paths) {
    const url = `${arrivals.origin}${path}${manner === undefined ? '' : `?${manner}`}`;
    const endpoint = { url, profile: 'selgora', events: [EVENT_TYPE], ...settings };
    await call('POST', '/endpoints', JSON.stringify(endpoint));
  }
  const { sample } = await client.call<{ sample: unknown }>('GET', `/v1/event-types/${EVENT_TYPE}`);
  const event = { event: EVENT_TYPE, data: sample };
  const eventText = JSON.stringify(event);

  const page = (statuses: string, limit: number, cursor: string | null = null) =>
    call<{ data: unknown[]; nextCursor: string | null }>(
      'GET',
      `/deliveries?limit=${limit}&status=${statuses}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );

  async function allEnded(): Promise<number> {
    const deadline = Date.now() + RECORDED_WITHIN_MS;
    while ((await page('pending,delivering', 1)).data.length > 0) {
      if (Date.now() > deadline) throw new Error('a delivery was not recorded in time');
      await delay(LOOK_EVERY_MS);
    }
    return nowMs();
  }

  async function unsuccessful(): Promise<number> {
    await allEnded();
    let count = 0;
    let cursor: string | null = null;
    do {
      const found = await page('retrying,held,failed,cancelled', 250, cursor);
      count += found.data.length;
      cursor = found.nextCursor;
    } while (cursor !== null);
    return count;
  }

  return {
    async send() {
      const sentAtMs = nowMs();
      const { deliveries } = await call<EventAnswer>('POST', '/events', eventText);
      return { deliveryIds: deliveries.map(({ id }) => id), sentAtMs, answeredAtMs: nowMs() };
    },
    async sendBatch(events, { deliverAt } = {}) {
      const sentAtMs = nowMs();
      const each = deliverAt ? JSON.stringify({ ...event, deliverAt: deliverAt.toISOString() }) : eventText;
      const text = `{"events":[${Array(events).fill(each).join(',')}]}`;
      const { results } = await call<{ results: BatchResult[] }>('POST', '/events/batch', text);
      const answeredAtMs = nowMs();
      return results.map((result) => {
        if (!result.deliveries) throw new Error(`an event of a batch was answered ${JSON.stringify(result)}`);
        return { deliveryIds: result.deliveries.map(({ id }) => id), sentAtMs, answeredAtMs };
      });
    },
    arrivals: () => paths.map((path) => arrivals.at(path)),
    received: () => paths.reduce((sum, path) => sum + arrivals.at(path).length, 0),
    mostAtOnce: () => Math.max(...paths.map((path) => arrivals.mostAtOnce(path))),
    async allSucceeded() {
      const endedAtMs = await allEnded();
      if ((await unsuccessful()) > 0) throw new Error('a delivery did not succeed at once');
      return endedAtMs;
    },
    unsuccessful,
    call,
    close: client.close,
  };
}

interface EventAnswer {
  deliveries: { id: string }[];
}

/** A problem has no deliveries. */
type BatchResult = Partial<EventAnswer>;
