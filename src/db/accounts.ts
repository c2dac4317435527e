import { cursorAt, type PageRequest } from './page.ts';
import type { Queryable } from './pool.ts';

export interface AccountRow {
  id: string;
  name: string | null;
  created_at: Date;
  cursor_at: string;
}

const COLUMNS = `id, name, created_at, ${cursorAt('created_at')} as cursor_at`;

export async function accountExists(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from accounts where id = $1', [id]);
  return rowCount === 1;
}

/** Makes calls that count what an account has wait for one another, until the transaction ends. */
export async function lockAccount(db: Queryable, accountId: string): Promise<void> {
  await db.query('select 1 from accounts where id = $1 for no key update', [accountId]);
}

/**
 * Makes an account, or names it anew.
 *
 * @param name undefined keeps the name it has; null takes it away
 * @returns `change` is undefined when everything was so already
 */
export async function upsertAccount(
  db: Queryable,
  id: string,
  name: string | null | undefined,
): Promise<{ account: AccountRow; change: 'created' | 'updated' | undefined }> {
  const made = await db.query<AccountRow>(
    `insert into accounts (id, name) values ($1, $2) on conflict do nothing returning ${COLUMNS}`,
    [id, name ?? null],
  );
  if (made.rows[0]) return { account: made.rows[0], change: 'created' };
  const changed =
    name === undefined
      ? undefined
      : await db.query<AccountRow>(
          `update accounts set name = $2 where id = $1 and name is distinct from $2 returning ${COLUMNS}`,
          [id, name],
        );
  if (changed?.rows[0]) return { account: changed.rows[0], change: 'updated' };
  return { account: (await findAccount(db, id)) as AccountRow, change: undefined };
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
    [page.after?.at ?? null, page.after?.id ?? null, page.rows],
  );
  return rows;
}
