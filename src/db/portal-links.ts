import type { Scope } from './api-keys.ts';
import { cursorAt, type PageRequest, pageValues } from './page.ts';
import type { Queryable } from './pool.ts';

export interface PortalLinkRow {
  id: string;
  name: string | null;
  color: string | null;
  scopes: Scope[];
  allowed_origins: string[];
  created_at: Date;
  expires_at: Date;
  cursor_at: string;
}

/** A link whose token lets its bearer in. */
export interface LivePortalLink {
  id: string;
  accountId: string;
  scopes: Scope[];
  expiresAt: Date;
}

/** How the console looks when a link opened it, and where. Null: as it does for everybody. */
export interface PortalLook {
  name: string | null;
  color: string | null;
  logo: string | null;
  allowedOrigins: string[];
}

/** The link with a token of this hash, unless it has ended. */
export async function findPortalLinkByHash(db: Queryable, hash: Buffer): Promise<LivePortalLink | undefined> {
  const { rows } = await db.query<LivePortalLink>({
    name: 'find-portal-link',
    text: `select id, account_id as "accountId", scopes, expires_at as "expiresAt"
      from portal_links where hash = $1 and expires_at > now()`,
    values: [hash],
  });
  return rows[0];
}

/** How a link looks, unless it has ended. */
export async function findPortalLook(db: Queryable, id: string): Promise<PortalLook | undefined> {
  const { rows } = await db.query<PortalLook>(
    `select name, color, logo, allowed_origins as "allowedOrigins"
     from portal_links where id = $1 and expires_at > now()`,
    [id],
  );
  return rows[0];
}

export async function portalLinkLives(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query('select from portal_links where id = $1 and expires_at > now()', [id]);
  return rowCount === 1;
}

/** How many links of an account have not ended, and what time it is by the database's clock. */
export async function countPortalLinks(
  db: Queryable,
  accountId: string,
): Promise<{ live: number; now: Date }> {
  const { rows } = await db.query<{ live: number; now: Date }>(
    `select count(*)::int as live, now() as now from portal_links where account_id = $1 and expires_at > now()`,
    [accountId],
  );
  return rows[0] as { live: number; now: Date };
}

/** Without the logo, which may be large. */
const COLUMNS = `id, name, color, scopes, allowed_origins, created_at, expires_at,
  ${cursorAt('created_at')} as cursor_at`;

export async function insertPortalLink(
  db: Queryable,
  link: {
    accountId: string;
    hash: Buffer;
    scopes: Scope[];
    name: string | undefined;
    color: string | undefined;
    logo: string | undefined;
    allowedOrigins: string[];
    expiresAt: Date;
  },
): Promise<PortalLinkRow> {
  const { rows } = await db.query<PortalLinkRow>(
    `insert into portal_links (account_id, hash, scopes, name, color, logo, allowed_origins, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${COLUMNS}`,
    [
      link.accountId,
      link.hash,
      link.scopes,
      link.name ?? null,
      link.color ?? null,
      link.logo ?? null,
      link.allowedOrigins,
      link.expiresAt,
    ],
  );
  return rows[0] as PortalLinkRow;
}

/** The links of an account that have not ended, newest first. */
export async function listPortalLinks(
  db: Queryable,
  accountId: string,
  page: PageRequest,
): Promise<PortalLinkRow[]> {
  const { rows } = await db.query<PortalLinkRow>(
    `select ${COLUMNS} from portal_links
     where account_id = $1 and expires_at > now()
       and ($2::timestamptz is null or (created_at, id) < ($2, $3))
     order by created_at desc, id desc limit $4`,
    [accountId, ...pageValues(page)],
  );
  return rows;
}

/** Ends a link; false when there is none, or it has ended already. */
export async function endPortalLink(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'delete from portal_links where account_id = $1 and id = $2 and expires_at > now()',
    [accountId, id],
  );
  return rowCount === 1;
}

/** Drops links that expired; how many. */
export async function dropExpiredPortalLinks(db: Queryable, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from portal_links where id in (
       select id from portal_links where expires_at <= now() order by expires_at limit $1 for update skip locked)`,
    [limit],
  );
  return rowCount ?? 0;
}
