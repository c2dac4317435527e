import { setTimeout as delay } from 'node:timers/promises';

/** What the demo showed: one line per delivery. */
export interface DemoResult {
  event: string;
  deliveryId: string;
  status: string;
  responseStatus: number | undefined;
  inboxUrl: string;
}

const ACCOUNT = 'demo';
const SHOWS = [
  { inbox: 'demo-selgora', profile: 'selgora', event: 'order.completed' },
  { inbox: 'demo-selz', profile: 'selz', event: 'order_completed' },
] as const;
const DEADLINE_MS = 15_000;

/**
 * The main job, once, through the public API: an account with one Selgora and one Selz endpoint pointing at
 * the built-in inbox, and a sample event delivered to each. Undefined when there are accounts already.
 */
export async function runDemoOnce(apiUrl: string, apiKey: string): Promise<DemoResult[] | undefined> {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const { data: accounts } = await call<{ data: unknown[] }>('GET', '/v1/accounts?limit=1');
  if (accounts.length > 0) return undefined;
  const account = `/v1/accounts/${ACCOUNT}`;
  await call('PUT', account, { name: 'Demo' });
  return Promise.all(
    SHOWS.map(async ({ inbox, profile, event }) => {
      const inboxUrl = `${apiUrl}/inbox/${inbox}`;
      await call('POST', `${account}/endpoints`, { url: inboxUrl, profile, events: [event] });
      const { sample } = await call<{ sample: unknown }>('GET', `/v1/event-types/${event}`);
      const accepted = await call<{ deliveries: { id: string }[] }>('POST', `${account}/events`, {
        event,
        data: sample,
      });
      const deliveryId = accepted.deliveries[0]?.id ?? '';
      const end = Date.now() + DEADLINE_MS;
      for (;;) {
        const delivery = await call<{ status: string; attempts: { responseStatus?: number }[] }>(
          'GET',
          `${account}/deliveries/${deliveryId}`,
        );
        const open = delivery.status === 'pending' || delivery.status === 'delivering';
        if (!open || Date.now() > end) {
          const { status, attempts } = delivery;
          return { event, deliveryId, status, responseStatus: attempts.at(-1)?.responseStatus, inboxUrl };
        }
        await delay(25);
      }
    }),
  );
}
