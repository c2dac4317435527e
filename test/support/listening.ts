import { onTestFinished } from 'vitest';
import { standardSignature } from '../../src/profiles/standard.ts';
import { listenTo } from './event-source.ts';
import type { Merchant } from './merchant.ts';
import type { Answer, Posthaste } from './posthaste.ts';
import { waitUntil } from './wait.ts';

export interface Listener {
  id: string;
  endpointId: string;
  secret: string;
  profile: string;
  events: string[];
  expiresAt: string;
}

export interface ListenerRequest {
  id: string;
  deliveryId: string;
  attempt: number;
  method: string;
  headers: Record<string, string>;
  bodyBase64: string;
}

/** Makes a listener. @throws unless it is a 201 */
export async function makeListener(merchant: Merchant, body: object = {}): Promise<Listener> {
  const { status, body: made } = await merchant.call<Listener>('POST', '/listeners', body);
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(made)}`);
  return made;
}

/** Knocks at the door as an attempt of a delivery does. */
export function knock(
  { url, secret, body = '{}', at = new Date() }: { url: string; secret: string; body?: string; at?: Date },
  headers: Record<string, string> = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  const timestampS = Math.floor(at.getTime() / 1000);
  return fetch(url, {
    method: 'POST',
    body,
    headers: {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(timestampS),
      'webhook-signature': standardSignature({ id: 'evt_1', timestampS, body }, secret),
      'posthaste-delivery': 'dlv_1',
      'posthaste-attempt': '1',
      ...headers,
    },
    signal,
  });
}

export interface Reading {
  status: number;
  requests(): ListenerRequest[];
  /** Waits for the next that it did not give yet. */
  next(): Promise<ListenerRequest>;
  answer(request: ListenerRequest, body: object): Promise<Answer<unknown>>;
  ended: Promise<void>;
  close(): void;
}

/** Reads a listener's requests, through a process of the product. */
export async function read(posthaste: Posthaste, merchant: Merchant, id: string): Promise<Reading> {
  const path = `/v1/accounts/${merchant.id}/listeners/${id}/requests`;
  const source = await listenTo(posthaste.url + path, { authorization: `Bearer ${posthaste.operatorKey}` });
  onTestFinished(() => source.close());
  let given = 0;
  // Each is read once: they may be large, and are looked at again and again.
  const found: ListenerRequest[] = [];
  const requests = () => {
    for (const { data } of source.events.slice(found.length)) found.push(JSON.parse(data));
    return found;
  };
  return {
    status: source.status,
    requests,
    async next() {
      const all = await waitUntil(requests, ({ length }) => length > given);
      given += 1;
      return all[given - 1] as ListenerRequest;
    },
    answer: (request, body) => posthaste.api.call('POST', `${path}/${request.id}/answer`, body),
    ended: source.ended,
    close: source.close,
  };
}
