import type { ProfileName } from '../domain/delivery.ts';
import type { EndpointPolicyRow } from './endpoint-policy.ts';
import { cursorAt, type PageRequest, pageValues } from './page.ts';
import type { Queryable } from './pool.ts';

/** An endpoint as stored; null stands for the default of its profile. */
export interface EndpointRow extends EndpointPolicyRow {
  id: string;
  account_id: string;
  url: string;
  profile: ProfileName;
  events: string[];
  description: string | null;
  headers: Record<string, string>;
  status: 'active' | 'paused' | 'disabled';
  disabled_reason: string | null;
  ordered: boolean;
  ordered_max_wait_s: number | null;
  /** The first and the last failure since the last success; null while all is well. */
  failing_since: Date | null;
  last_failure_at: Date | null;
  created_at: Date;
  updated_at: Date;
  cursor_at: string;
}

/** What a caller may set, and change later. */
export interface EndpointSettings {
  url: string;
  events: string[];
  description: string | null;
  headers: Record<string, string>;
  retryScheduleS: number[] | null;
  retryJitter: number;
  timeoutMs: number | null;
  retryOn: number[] | null;
  maxConcurrency: number | null;
  /** Events of one key one after the other. */
  ordered: boolean;
  /** How long one keeps the next one waiting; null: as long as it takes. */
  orderedMaxWaitS: number | null;
}

export interface EndpointSecrets {
  secret_sealed: string;
  previous_secret_sealed: string | null;
  previous_secret_expires_at: Date | null;
}

const COLUMNS = `id, account_id, url, profile, events, description, headers, retry_schedule_s, retry_jitter, timeout_ms,
  retry_on, max_concurrency, ordered, ordered_max_wait_s, status, disabled_reason, created_at, updated_at, ${cursorAt('created_at')} as cursor_at,
  (select failing_since from endpoint_health h where h.endpoint_id = endpoints.id) as failing_since,
  (select last_failure_at from endpoint_health h where h.endpoint_id = endpoints.id) as last_failure_at`;

export async function countEndpoints(db: Queryable, accountId: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::int as count from endpoints where account_id = $1 and deleted_at is null',
    [accountId],
  );
  return rows[0]?.count ?? 0;
}

export async function insertEndpoint(
  db: Queryable,
  endpoint: EndpointSettings & { accountId: string; profile: ProfileName; secretSealed: string },
): Promise<EndpointRow> {
  const { rows } = await db.query<EndpointRow>(
    `insert into endpoints (account_id, profile, secret_sealed, url, events, description, headers, retry_schedule_s,
       retry_jitter, timeout_ms, retry_on, max_concurrency, ordered, ordered_max_wait_s)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     returning ${COLUMNS}`,
    [endpoint.accountId, endpoint.profile, endpoint.secretSealed, ...valuesOf(endpoint)],
  );
  return rows[0] as EndpointRow;
}

/** @param lock holds the row until the transaction ends */
export async function findEndpoint(
  db: Queryable,
  accountId: string,
  id: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<EndpointRow | undefined> {
  const { rows } = await db.query<EndpointRow>(
    `select ${COLUMNS} from endpoints where account_id = $1 and id = $2 and deleted_at is null
     ${lock ? 'for no key update' : ''}`,
    [accountId, id],
  );
  return rows[0];
}

/** The endpoints of an account that are not deleted, newest first. */
export async function listEndpoints(
  db: Queryable,
  accountId: string,
  page: PageRequest,
): Promise<EndpointRow[]> {
  const { rows } = await db.query<EndpointRow>(
    `select ${COLUMNS} from endpoints
     where account_id = $1 and deleted_at is null and ($2::timestamptz is null or (created_at, id) < ($2, $3))
     order by created_at desc, id desc limit $4`,
    [accountId, ...pageValues(page)],
  );
  return rows;
}

export async function updateEndpoint(
  db: Queryable,
  id: string,
  settings: EndpointSettings,
): Promise<EndpointRow> {
  const { rows } = await db.query<EndpointRow>(
    `update endpoints set url = $2, events = $3, description = $4, headers = $5, retry_schedule_s = $6,
       retry_jitter = $7, timeout_ms = $8, retry_on = $9, max_concurrency = $10, ordered = $11,
       ordered_max_wait_s = $12, updated_at = now()
     where id = $1
     returning ${COLUMNS}`,
    [id, ...valuesOf(settings)],
  );
  return rows[0] as EndpointRow;
}

/**
 * Pauses or resumes; resuming also enables what was disabled.
 *
 * @param by who resumed it, for the logs of the deliveries that it lets through
 */
export async function setEndpointStatus(
  db: Queryable,
  id: string,
  status: 'active' | 'paused',
  by?: string,
): Promise<EndpointRow> {
  const { rows } = await db.query<EndpointRow>(
    `update endpoints set status = $2, disabled_reason = null, resumed_by = coalesce($3, resumed_by),
       resumed_at = case when $2 = 'active' then now() else resumed_at end, updated_at = now()
     where id = $1 returning ${COLUMNS}`,
    [id, status, by ?? null],
  );
  return rows[0] as EndpointRow;
}

/** The row stays, for the deliveries that refer to it. */
export async function markEndpointDeleted(db: Queryable, id: string): Promise<void> {
  await db.query('update endpoints set deleted_at = now(), updated_at = now() where id = $1', [id]);
}

/** The previous secret is there only while it is still in force. */
export async function findEndpointSecrets(
  db: Queryable,
  accountId: string,
  id: string,
): Promise<EndpointSecrets | undefined> {
  const { rows } = await db.query<EndpointSecrets>(
    `select secret_sealed,
       case when previous_secret_expires_at > now() then previous_secret_sealed end as previous_secret_sealed,
       case when previous_secret_expires_at > now() then previous_secret_expires_at end as previous_secret_expires_at
     from endpoints where account_id = $1 and id = $2 and deleted_at is null`,
    [accountId, id],
  );
  return rows[0];
}

/** Puts a new secret in force; the one before stays valid for as long as said. Answers until when. */
export async function rotateSecret(
  db: Queryable,
  id: string,
  secretSealed: string,
  overlapS: number,
): Promise<Date | null> {
  const { rows } = await db.query<{ previous_secret_expires_at: Date | null }>(
    `update endpoints set secret_sealed = $2, updated_at = now(),
       previous_secret_sealed = case when $3 > 0 then secret_sealed end,
       previous_secret_expires_at = case when $3 > 0 then now() + $3 * interval '1 second' end
     where id = $1
     returning previous_secret_expires_at`,
    [id, secretSealed, overlapS],
  );
  return rows[0]?.previous_secret_expires_at ?? null;
}

function valuesOf(settings: EndpointSettings): unknown[] {
  return [
    settings.url,
    settings.events,
    settings.description,
    JSON.stringify(settings.headers),
    settings.retryScheduleS,
    // A `real`; what is too small for one is an error in PostgreSQL, and 0 here.
    Math.fround(settings.retryJitter),
    settings.timeoutMs,
    settings.retryOn,
    settings.maxConcurrency,
    settings.ordered,
    settings.orderedMaxWaitS,
  ];
}
