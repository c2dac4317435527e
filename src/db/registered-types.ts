import type { Queryable } from './pool.ts';

/** The JSON Schema that an account registered for a free type, as text; undefined when there is none. */
export async function registeredSchema(
  db: Queryable,
  accountId: string,
  type: string,
): Promise<string | undefined> {
  const { rows } = await db.query<{ schema: string | null }>({
    name: 'registered-schema',
    text: 'select schema::text as schema from event_types where account_id = $1 and name = $2',
    values: [accountId, type],
  });
  return rows[0]?.schema ?? undefined;
}

/** The sample that an account registered for a free type; undefined when there is none. */
export async function registeredSample(
  db: Queryable,
  accountId: string,
  type: string,
): Promise<Record<string, unknown> | undefined> {
  const { rows } = await db.query<{ sample: Record<string, unknown> | null }>(
    'select sample from event_types where account_id = $1 and name = $2',
    [accountId, type],
  );
  return rows[0]?.sample ?? undefined;
}
