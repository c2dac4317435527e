import { cursorAt, type PageRequest, pageValues } from './page.ts';
import type { Queryable } from './pool.ts';

export interface AccountRow {
  id: string;
  name: string | null;
  /** Null: the default. */
  retention_days: number | null;
  payload_retention_days: number | null;
  created_at: Date;
  cursor_at: string;
}

/** What can be set of an account; undefined leaves it as it is, null takes it away. */
export interface AccountSettings {
  name?: string | null | undefined;
  /** Days. */
  retentionDays?: number | null | undefined;
  payloadRetentionDays?: number | null | undefined;
}

const COLUMNS = `id, name, retention_days, payload_retention_days, created_at,
  ${cursorAt('created_at')} as cursor_at`;

export async function accountExists(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from accounts where id = $1', [id]);
  return rowCount === 1;
}

/** Makes calls that count what an account has wait for one another, until the transaction ends. */
export async function lockAccount(db: Queryable, accountId: string): Promise<void> {
  await db.query('select 1 from accounts where id = $1 for no key update', [accountId]);
}

/**
 * Makes an account, or changes its settings.
 *
 * @returns `change` is undefined when everything was so already
 */
export async function upsertAccount(
  db: Queryable,
  id: string,
  settings: AccountSettings,
): Promise<{ account: AccountRow; change: 'created' | 'updated' | undefined }> {
  const { name, retentionDays, payloadRetentionDays } = settings;
  const made = await db.query<AccountRow>(
    `insert into accounts (id, name, retention_days, payload_retention_days) values ($1, $2, $3, $4)
     on conflict do nothing returning ${COLUMNS}`,
    [id, name ?? null, retentionDays ?? null, payloadRetentionDays ?? null],
  );
  if (made.rows[0]) return { account: made.rows[0], change: 'created' };
  await lockAccount(db, id);
  const before = (await findAccount(db, id)) as AccountRow;
  const after = [
    name === undefined ? before.name : name,
    retentionDays === undefined ? before.retention_days : retentionDays,
    payloadRetentionDays === undefined ? before.payload_retention_days : payloadRetentionDays,
  ];
  const changed = await db.query<AccountRow>(
    `update accounts set name = $2, retention_days = $3, payload_retention_days = $4
     where id = $1 and (name, retention_days, payload_retention_days) is distinct from ($2, $3::int, $4::int)
     returning ${COLUMNS}`,
    [id, ...after],
  );
  if (changed.rows[0]) return { account: changed.rows[0], change: 'updated' };
  return { account: before, change: undefined };
}

export async function findAccount(db: Queryable, id: string): Promise<AccountRow | undefined> {
  const { rows } = await db.query<AccountRow>(`select ${COLUMNS} from accounts where id = $1`, [id]);
  return rows[0];
}

export async function listAccounts(db: Queryable, page: PageRequest): Promise<AccountRow[]> {
  const { rows } = await db.query<AccountRow>(
    `select ${COLUMNS} from accounts
     where $1::timestamptz is null or (created_at, id) < ($1, $2)
     order by created_at desc, id desc limit $3`,
    [...pageValues(page)],
  );
  return rows;
}
