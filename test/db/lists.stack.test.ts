import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeliveryFilter, listDeliveries } from '../../src/db/deliveries.ts';
import { createPool } from '../../src/db/pool.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

/** How a tenant's connection would read the first page of an account's deliveries. */
async function planOf(filter: DeliveryFilter): Promise<string> {
  const tenant = createPool(database.databaseUrl, () => undefined, { role: 'tenant' });
  const client = await tenant.connect();
  try {
    await client.query(`select set_config('posthaste.account', 'shop', false)`);
    let plan = '';
    const explaining = {
      async query(text: string, values: unknown[]) {
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
        plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        return { rows: [] };
      },
    };
    await listDeliveries(explaining as never, 'shop', filter, { rows: 20, after: undefined });
    return plan;
  } finally {
    client.release();
    await tenant.end();
  }
}

test('a page of deliveries is read in the order of its index, however fast the table grew', async () => {
  const engine = createPool(database.databaseUrl, () => undefined);
  await engine.query(`insert into accounts (id) values ('shop')`);
  const { rows } = await engine.query<{ id: string }>(
    `insert into endpoints (account_id, url, profile, events, secret_sealed)
     values ('shop', 'https://shop.example/', 'standard', '{a.type}', 'sealed') returning id`,
  );
  const endpointId = rows[0]?.id ?? '';
  await engine.query(
    `with e as (
       insert into events (account_id, type, data, created_at, selz_token, content_hash)
       select 'shop', 'a.type', '{}', now(), 'token-of-16-chars', 'hash' from generate_series(1, 2000)
       returning id
     )
     insert into deliveries (account_id, event_id, endpoint_id, event_type)
     select 'shop', id, $1, 'a.type' from e`,
    [endpointId],
  );
  await engine.end();
  for (const filter of [{}, { endpointId }, { statuses: ['failed'] as const }, { since: new Date(0) }]) {
    const plan = await planOf(filter);
    expect(plan).toMatch(/Index Scan using deliveries_(newest|of_endpoint)/);
    expect(plan).not.toMatch(/Sort|Seq Scan|Bitmap/);
  }
});
