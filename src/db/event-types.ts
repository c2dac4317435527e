import { cursorAt, type PageRequest, pageValues } from './page.ts';
import type { Queryable } from './pool.ts';

/** A free type that an account registered. */
export interface EventTypeRow {
  name: string;
  description: string | null;
  schema: Record<string, unknown> | null;
  sample: Record<string, unknown> | null;
  created_at: Date;
  updated_at: Date;
  cursor_at: string;
}

const COLUMNS = `name, description, schema, sample, created_at, updated_at, ${cursorAt('created_at')} as cursor_at`;

export async function countEventTypes(db: Queryable, accountId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from event_types where account_id = $1',
    [accountId],
  );
  return rows[0]?.count ?? 0;
}

/** Registers a type, or replaces what was registered. */
export async function upsertEventType(
  db: Queryable,
  accountId: string,
  type: Pick<EventTypeRow, 'name' | 'description' | 'schema' | 'sample'>,
): Promise<EventTypeRow> {
  const { rows } = await db.query<EventTypeRow>(
    `insert into event_types (account_id, name, description, schema, sample) values ($1, $2, $3, $4, $5)
     on conflict (account_id, name) do update set description = excluded.description, schema = excluded.schema,
       sample = excluded.sample, updated_at = now()
     returning ${COLUMNS}`,
    [
      accountId,
      type.name,
      type.description,
      type.schema && JSON.stringify(type.schema),
      type.sample && JSON.stringify(type.sample),
    ],
  );
  return rows[0] as EventTypeRow;
}

export async function findEventType(
  db: Queryable,
  accountId: string,
  name: string,
): Promise<EventTypeRow | undefined> {
  const { rows } = await db.query<EventTypeRow>(
    `select ${COLUMNS} from event_types where account_id = $1 and name = $2`,
    [accountId, name],
  );
  return rows[0];
}

/** The types of an account, newest first. */
export async function listEventTypes(
  db: Queryable,
  accountId: string,
  page: PageRequest,
): Promise<EventTypeRow[]> {
  const { rows } = await db.query<EventTypeRow>(
    `select ${COLUMNS} from event_types
     where account_id = $1 and ($2::timestamptz is null or (created_at, name) < ($2, $3))
     order by created_at desc, name desc limit $4`,
    [accountId, ...pageValues(page)],
  );
  return rows;
}

/** Answers whether there was such a type. */
export async function deleteEventType(db: Queryable, accountId: string, name: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from event_types where account_id = $1 and name = $2', [
    accountId,
    name,
  ]);
  return rowCount === 1;
}
