import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopedTo } from '../../src/db/account-scope.ts';
import { createPool, type Database, type Queryable } from '../../src/db/pool.ts';
import { resendDelivery } from '../../src/db/resend.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type Belongings, furnish } from '../support/two-accounts.ts';

/** What the calls of the API do to each table, and so may; `update(…)` names the columns. */
const TENANT_MAY: Record<string, string[]> = {
  accounts: ['insert', 'select', 'update(name,payload_retention_days,retention_days)'],
  api_keys: ['insert', 'select', 'update'],
  attempts: ['select', 'update(response_body,response_headers,response_truncated)'],
  audit_log: ['insert', 'select'],
  days: ['select'],
  deliveries: ['insert', 'select', 'update'],
  endpoint_health: ['delete', 'select'],
  endpoints: ['insert', 'select', 'update'],
  event_names: ['select'],
  event_types: ['delete', 'insert', 'select', 'update'],
  events: ['select', 'update(data,expunged_at,resent_on)'],
  inbox_requests: ['select'],
  lane_turns: ['insert'],
  lanes: ['select', 'update'],
  listener_requests: ['select', 'update(answer_body,answer_headers,answered_at,sent_to,status)'],
  listeners: ['delete', 'insert', 'select', 'update(read_until,reader)'],
  portal_links: ['delete', 'insert', 'select'],
  recoveries: ['insert', 'select', 'update'],
  signals: ['insert'],
};

/** The migrations' own note of which were run; it belongs to the login that migrates, and to nobody else. */
const NOT_OURS = 'schema_migrations';

interface Table {
  name: string;
  forced: boolean;
  /** Which says whose a row is; null where rows belong to no account. */
  account_column: string | null;
}

let database: Awaited<ReturnType<typeof freshDatabase>>;
let engine: Pool;
let tenant: Pool;
let ours: Database;
let mine: Belongings;
let theirs: Belongings;
let tables: Table[];

beforeAll(async () => {
  database = await freshDatabase();
  engine = createPool(database.databaseUrl, () => undefined);
  tenant = createPool(database.databaseUrl, () => undefined, { role: 'tenant', max: 2 });
  ours = scopedTo(tenant, 'ours');
  mine = await furnish(engine, 'ours');
  theirs = await furnish(engine, 'theirs');
  tables = await readTables(engine);
});
afterAll(async () => {
  await Promise.all([engine.end(), tenant.end()]);
  await database.drop();
});

async function readTables(db: Queryable): Promise<Table[]> {
  const { rows } = await db.query<Table & Record<string, unknown>>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
       case when c.relname = 'accounts' then 'id' else (
         select attname::text from pg_attribute where attrelid = c.oid and attname = 'account_id' and not attisdropped
       ) end as account_column
     from pg_class c
     where c.relkind in ('r', 'p', 'f', 'm', 'v') and c.relnamespace = 'public'::regnamespace and c.relname <> $1
       and not c.relispartition
     order by c.relname`,
    [NOT_OURS],
  );
  return rows;
}

const withAccount = () => tables.filter(({ account_column }) => account_column !== null);
const readable = () => withAccount().filter(({ name }) => TENANT_MAY[name]?.includes('select'));

/** The SQLSTATE that a statement fails with. */
function codeOf(statement: Promise<unknown>): Promise<string> {
  return statement.then(
    () => 'no error',
    (error: { code?: string }) => error.code ?? String(error),
  );
}
const DENIED = '42501';

describe('every table', () => {
  test('has forced row security, a policy for the engine, and where it has rows of accounts one for tenants', async () => {
    expect(tables.length).toBeGreaterThanOrEqual(14);
    expect(tables.filter(({ forced }) => !forced)).toEqual([]);
    const { rows } = await engine.query<{ policy: string }>(
      `select format('%s: %s to %s for %s using %s with check %s', tablename, policyname, array_to_string(roles, ','), cmd,
         qual, with_check) as policy
       from pg_policies where schemaname = 'public'`,
    );
    const expected = tables.flatMap(({ name, account_column: column }) => {
      const own = `(${column} = NULLIF(current_setting('posthaste.account'::text, true), ''::text))`;
      return [
        `${name}: engine to posthaste_engine for ALL using true with check true`,
        ...(name === 'days' ? ['days: tenant to posthaste_tenant for SELECT using true with check '] : []),
        ...(column ? [`${name}: tenant to posthaste_tenant for ALL using ${own} with check ${own}`] : []),
      ];
    });
    expect(rows.map(({ policy }) => policy).toSorted()).toEqual(expected.toSorted());
  });

  test('gives tenants the rights that calls of the API need, and the public none', async () => {
    const { rows } = await engine.query<{ table: string; right: string }>(
      `select c.relname as table, lower(a.privilege_type) as right
       from pg_class c, aclexplode(c.relacl) a
       where c.relnamespace = 'public'::regnamespace and a.grantee = 'posthaste_tenant'::regrole
       union all
       select c.relname, format('%s(%s)', lower(a.privilege_type), string_agg(attname, ',' order by attname))
       from pg_class c join pg_attribute on attrelid = c.oid, aclexplode(attacl) a
       where c.relnamespace = 'public'::regnamespace and a.grantee = 'posthaste_tenant'::regrole
       group by c.relname, a.privilege_type`,
    );
    const may: Record<string, string[]> = {};
    for (const { table, right } of rows) may[table] = [...(may[table] ?? []), right].toSorted();
    expect(may).toEqual(TENANT_MAY);
    const others = await engine.query(
      `select c.relname, a.grantee::regrole from pg_class c, aclexplode(c.relacl) a
       where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
         and (c.relname = $1 or a.grantee not in ('posthaste_tenant'::regrole, 'posthaste_engine'::regrole))`,
      [NOT_OURS],
    );
    expect(others.rows).toEqual([]);
  });

  test('has rows of both accounts here, so that what follows shows something', async () => {
    for (const { name, account_column } of withAccount()) {
      const { rows } = await engine.query<{ account: string }>(
        `select distinct ${account_column} as account from ${name} order by 1`,
      );
      expect(
        rows.map(({ account }) => account),
        name,
      ).toEqual(['ours', 'theirs']);
    }
  });
});

describe('a tenant', () => {
  test('has a role without rights of its own over roles, databases or row security', async () => {
    const { rows } = await tenant.query(
      `select current_user::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin,
         pg_has_role(current_user, 'posthaste_engine', 'member') as is_engine
       from pg_roles where rolname = current_user`,
    );
    expect(rows).toEqual([
      {
        current_user: 'posthaste_tenant',
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolcanlogin: false,
        is_engine: false,
      },
    ]);
  });

  test.each([undefined, '', 'nobody', "ours' or 'a'='a", '%'])(
    'sees no rows as the account %j',
    async (account) => {
      const client = await tenant.connect();
      try {
        if (account !== undefined)
          await client.query("select set_config('posthaste.account', $1, false)", [account]);
        for (const { name } of readable()) {
          expect((await client.query(`select from ${name}`)).rowCount, name).toBe(0);
        }
      } finally {
        client.release(true);
      }
    },
  );

  test('sees the rows of its account and no others, in every table that it may read', async () => {
    expect(readable().length).toBeGreaterThan(8);
    for (const { name, account_column } of readable()) {
      const { rows } = await ours.query<{ account: string }>(
        `select distinct ${account_column} as account from ${name}`,
      );
      expect(rows, name).toEqual([{ account: 'ours' }]);
    }
  });

  test('may not look at the other tables', async () => {
    const closed = [
      ...tables.map(({ name }) => name).filter((name) => !TENANT_MAY[name]?.includes('select')),
      NOT_OURS,
    ];
    expect(closed).toEqual(expect.arrayContaining(['duties', 'lane_turns', 'notices', 'signals']));
    const partitions = await engine.query<{ name: string }>(
      `select relname as name from pg_class where relispartition and relkind = 'r'`,
    );
    expect(partitions.rows.length).toBeGreaterThan(10);
    closed.push(...partitions.rows.map(({ name }) => name));
    for (const name of closed) expect(await codeOf(ours.query(`select from ${name}`)), name).toBe(DENIED);
  });

  test('makes no row for another account, or for none', async () => {
    const insert = (db: Queryable, account: string) => [
      db.query('insert into accounts (id) values ($1)', [`${account}-too`]),
      db.query(
        `insert into endpoints (account_id, url, profile, events, secret_sealed) values ($1, 'u', 'standard', '{}', 's')`,
        [account],
      ),
      db.query(`insert into event_types (account_id, name) values ($1, 'a.type')`, [account]),
      db.query(
        `insert into deliveries (account_id, event_id, endpoint_id, event_type) values ($1, $2, $3, 'a.type')`,
        [account, theirs.event, theirs.endpoint],
      ),
      db.query(
        `insert into api_keys (account_id, name, prefix, hash, scopes) values ($1, 'k', 'p', '\\x00', '{}')`,
        [account],
      ),
      db.query(`insert into audit_log (account_id, actor, action, target) values ($1, 'a', 'b', 'c')`, [
        account,
      ]),
      db.query(`insert into listeners (account_id, endpoint_id, token_hash) values ($1, $2, '\\x00')`, [
        account,
        theirs.endpoint,
      ]),
      db.query(
        `insert into portal_links (account_id, hash, scopes, allowed_origins, expires_at) values ($1, '\\x01', '{}', '{}', now())`,
        [account],
      ),
      db.query(
        `insert into recoveries (account_id, endpoint_id, since, until, statuses, total) values ($1, $2, now(), now(), '{}', 0)`,
        [account, theirs.endpoint],
      ),
      db.query(`insert into signals (account_id, delivery_id, name) values ($1, $2, 'endpointChanged')`, [
        account,
        theirs.delivery,
      ]),
      db.query(
        `insert into lane_turns (account_id, endpoint_id, ordering_key, delivery_id) values ($1, $2, 'key', $3)`,
        [account, theirs.endpoint, theirs.delivery],
      ),
    ];
    const tried = [
      ...insert(ours, 'theirs'),
      ...insert(scopedTo(tenant, ''), ''),
      ...insert(tenant, 'theirs'),
    ];
    const codes = await Promise.all(tried.map(codeOf));
    expect(codes.length).toBe(3 * Object.values(TENANT_MAY).filter((may) => may.includes('insert')).length);
    expect(new Set(codes)).toEqual(new Set([DENIED]));
  });

  test('changes and deletes nothing of another account', async () => {
    const updatable = Object.entries(TENANT_MAY).filter(([, may]) =>
      may.some((right) => right.startsWith('update')),
    );
    for (const [name, may] of updatable) {
      const { account_column: column } = tables.find((table) => table.name === name) ?? {};
      const [, first] = /\((\w+)/.exec(may.join()) ?? [];
      const changed = await ours.query(
        `update ${name} set ${first ?? column} = ${first ?? column} where ${column} = 'theirs'`,
      );
      expect(changed.rowCount, name).toBe(0);
      const given = ours.query(`update ${name} set ${column} = 'theirs'`);
      expect(await codeOf(given), name).toBe(DENIED);
    }
    expect((await ours.query(`delete from event_types where name = $1`, [theirs.eventType])).rowCount).toBe(
      0,
    );
    expect((await ours.query(`delete from portal_links where id = $1`, [theirs.portalLink])).rowCount).toBe(
      0,
    );
    const everybodys = await engine.query('select from event_types');
    expect(everybodys.rowCount).toBe(2);
  });

  test('deletes no event, delivery, attempt or line of the audit log, its own included', async () => {
    for (const name of ['accounts', 'endpoints', 'events', 'deliveries', 'attempts', 'audit_log', 'api_keys'])
      expect(await codeOf(ours.query(`delete from ${name}`)), name).toBe(DENIED);
    expect(await codeOf(ours.query(`update audit_log set actor = 'nobody'`))).toBe(DENIED);
    expect(await codeOf(engine.query(`update audit_log set actor = 'nobody'`))).toBe(DENIED);
  });

  test('cannot switch row security off', async () => {
    for (const { name } of tables) {
      for (const change of [
        'disable row level security',
        'no force row level security',
        'owner to posthaste_tenant',
      ])
        expect(await codeOf(ours.query(`alter table ${name} ${change}`)), `${name} ${change}`).toBe(DENIED);
      expect(await codeOf(ours.query(`drop policy engine on ${name}`)), name).toBe(DENIED);
    }
    const bare = await ours.connect();
    await bare.query('set row_security = off');
    // An error, not the rows.
    await expect(bare.query('select from endpoints')).rejects.toMatchObject({ code: DENIED });
    await bare.query('reset role');
    const { rows } = await bare.query('select current_user::text as role');
    expect(rows).toEqual([{ role: 'posthaste_tenant' }]);
    bare.release(new Error('row security is off here'));
  });
});

test('a resend, which reads, locks, inserts and audits, works on rows of the account alone', async () => {
  const also = async () => undefined;
  expect(await resendDelivery(ours, 'ours', mine.delivery, also)).toMatchObject({ kind: 'created' });
  // Even when the query itself names the other account.
  expect(await resendDelivery(ours, 'theirs', theirs.delivery, also)).toEqual({ kind: 'unknown' });
});
