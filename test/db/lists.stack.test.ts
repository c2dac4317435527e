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
    const plans: string[] = [];
    const explaining = {
      async query(text: string, values: unknown[]) {
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
        return { rows: [] };
      },
    };
    await listDeliveries(explaining as never, 'shop', filter, { rows: 20, after: undefined });
    return plans[0] ?? '';
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
  await engine.query(`update deliveries set status = 'succeeded', completed_at = now(), day = day_of(id)
    where id in (select id from deliveries limit 1500)`);
  await engine.end();
  for (const filter of [{}, { endpointId }, { statuses: ['failed'] as const }, { since: new Date(0) }]) {
    const plan = await planOf(filter);
    // One index for each part that is looked at, which are few.
    expect(plan).toMatch(/Merge Append .*\n +Sort Key: .*created_at DESC, .*id COLLATE "C" DESC\n/);
    const scans = plan.match(/Index Scan using deliveries_\w+?_(account|endpoint)_id_created_at_id_idx/g);
    expect(scans?.length).toBeGreaterThanOrEqual(2);
    expect(scans?.length).toBeLessThanOrEqual(4);
    expect(plan).not.toMatch(/-> {2}(Incremental )?Sort|Seq Scan|Bitmap/);
  }
});
