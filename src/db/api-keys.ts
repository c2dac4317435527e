import { cursorAt, type PageRequest, pageValues } from './page.ts';
import type { Queryable } from './pool.ts';

export type Scope = 'read' | 'write';

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  cursor_at: string;
}

/** A key that lets its bearer in. */
export interface LiveKey {
  id: string;
  accountId: string;
  scopes: Scope[];
  expiresAt: Date | null;
  /** Its use was not noted for a minute. */
  useIsStale: boolean;
}

/** The key with this hash, unless it is revoked or expired. */
export async function findKeyByHash(db: Queryable, hash: Buffer): Promise<LiveKey | undefined> {
  const { rows } = await db.query<LiveKey>({
    name: 'find-key',
    text: `select id, account_id as "accountId", scopes, expires_at as "expiresAt",
        coalesce(last_used_at < now() - interval '1 minute', true) as "useIsStale"
      from api_keys
      where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    values: [hash],
  });
  return rows[0];
}

export async function keyLives(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'select from api_keys where id = $1 and revoked_at is null and (expires_at is null or expires_at > now())',
    [id],
  );
  return rowCount === 1;
}

/** Notes that a key was used now; at most once a minute, so that reading does not become writing. */
export async function noteKeyUse(db: Queryable, id: string): Promise<void> {
  await db.query(
    `update api_keys set last_used_at = now()
     where id = $1 and coalesce(last_used_at < now() - interval '1 minute', true)`,
    [id],
  );
}

const COLUMNS = `id, name, prefix, scopes, created_at, expires_at, last_used_at, ${cursorAt('created_at')} as cursor_at`;

/** How many keys of an account are neither revoked nor expired, and what time it is by the database's clock. */
export async function countLiveKeys(db: Queryable, accountId: string): Promise<{ live: number; now: Date }> {
  const { rows } = await db.query<{ live: number; now: Date }>(
    `select count(*)::int as live, now() as now from api_keys
     where account_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    [accountId],
  );
  return rows[0] as { live: number; now: Date };
}

export async function insertKey(
  db: Queryable,
  key: {
    accountId: string;
    name: string;
    prefix: string;
    hash: Buffer;
    scopes: Scope[];
    expiresAt: Date | undefined;
  },
): Promise<ApiKeyRow> {
  const { rows } = await db.query<ApiKeyRow>(
    `insert into api_keys (account_id, name, prefix, hash, scopes, expires_at) values ($1, $2, $3, $4, $5, $6)
     returning ${COLUMNS}`,
    [key.accountId, key.name, key.prefix, key.hash, key.scopes, key.expiresAt ?? null],
  );
  return rows[0] as ApiKeyRow;
}

/** The keys of an account that are not revoked, newest first; expired ones are among them. */
export async function listKeys(db: Queryable, accountId: string, page: PageRequest): Promise<ApiKeyRow[]> {
  const { rows } = await db.query<ApiKeyRow>(
    `select ${COLUMNS} from api_keys
     where account_id = $1 and revoked_at is null
       and ($2::timestamptz is null or (created_at, id) < ($2, $3))
     order by created_at desc, id desc limit $4`,
    [accountId, ...pageValues(page)],
  );
  return rows;
}

/** Revokes a key; false when there is no such key, or it is revoked already. */
export async function revokeKey(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'update api_keys set revoked_at = now() where account_id = $1 and id = $2 and revoked_at is null',
    [accountId, id],
  );
  return rowCount === 1;
}
