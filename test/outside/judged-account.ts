import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Answer, apiAt, type Posthaste } from '../support/posthaste.ts';
import type { Receiver } from '../support/receiver.ts';
import { answer, hang } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';

const SHOP = '/v1/accounts/shop';
const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url));

interface Delivery {
  id: string;
  status: string;
}

/**
 * An account whose deliveries have come to every status, and its configuration for schemathesis, which names them, in
 * `folder`.
 *
 * @returns the path of the configuration
 */
export async function prepareAccount(
  posthaste: Posthaste,
  receiver: Receiver,
  folder: string,
): Promise<string> {
  const { call } = apiAt(posthaste.url, posthaste.operatorKey);
  async function made<Body>(method: string, path: string, body: unknown): Promise<Body> {
    const { status, body: given }: Answer<Body> = await call<Body>(method, SHOP + path, body);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(given)}`);
    return given;
  }
  receiver.script('/rejecting', 404);
  receiver.script('/failing', 500);
  receiver.script('/hanging', hang());
  receiver.script('/taking', answer(200, { body: 'taken \u0001 <b>' }));

  await made('PUT', '', {});
  await made('PUT', '/event-types/stock.low', { schema: { type: 'object' }, sample: { left: 1 } });
  const endpoints: { id: string }[] = [];
  for (const path of ['/taking', '/failing', '/rejecting', '/hanging', '/paused']) {
    const fields = { url: receiver.url(path), profile: 'standard', events: ['*'], timeoutMs: 30_000 };
    endpoints.push(await made('POST', '/endpoints', fields));
  }
  await made('POST', `/endpoints/${endpoints.at(-1)?.id}/pause`, undefined);
  for (let n = 0; n < 7; n++)
    await made('POST', '/events', { event: 'stock.low', data: { n }, id: `event-${n}` });
  const { data: deliveries } = await waitUntil(
    () => made<{ data: Delivery[] }>('GET', '/deliveries?limit=250', undefined),
    ({ data }) => !data.some(({ status }) => status === 'pending'),
    60_000,
  );
  const recovery = await made<{ id: string }>('POST', `/endpoints/${endpoints[2]?.id}/recover`, {
    since: new Date(Date.now() - 600_000).toISOString(),
  });

  const list = (name: string, values: readonly string[]) =>
    writeFileSync(join(folder, name), values.map((value) => `"${value}"\n`).join(''));
  list(
    'endpoints',
    endpoints.map(({ id }) => id),
  );
  list(
    'deliveries',
    deliveries.map(({ id }) => id),
  );
  list('recoveries', [recovery.id]);
  list('urls', [receiver.url('/taking'), receiver.url('/failing'), receiver.url('/elsewhere')]);
  const config = join(folder, 'schemathesis.toml');
  copyFileSync(CONFIG, config);
  return config;
}
