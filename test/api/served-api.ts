import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { createApi } from '../../src/api/app.ts';
import { scopedTo } from '../../src/db/account-scope.ts';
import { createDeliveryWrites, type DeliveryWrites } from '../../src/db/delivery-writes.ts';
import { createPool, type Database } from '../../src/db/pool.ts';
import { createVault, type Vault } from '../../src/db/vault.ts';
import type { CommittedDelivery } from '../../src/domain/delivery.ts';
import { DEFAULT_RETENTION } from '../../src/domain/retention.ts';
import type { LogEntry } from '../../src/domain/story.ts';
import { createLogger } from '../../src/log.ts';
import type { DeliverySignal, DeliveryWorkflows } from '../../src/temporal/deliveries.ts';
import { freshDatabase } from '../support/postgres.ts';
import type { Answer, Api } from '../support/posthaste.ts';

/** Stands in for Temporal where a test looks at the API alone. */
export interface FakeWorkflows extends DeliveryWorkflows {
  /** Deliveries that were offered to the relay, in order. */
  offered: CommittedDelivery[];
  /** Signals that reached a running workflow. */
  signals: (DeliverySignal & { deliveryId: string })[];
  /** Ids of the workflows that run. */
  running: Set<string>;
  /** What a workflow does with a signal. */
  onSignal(deliveryId: string, signal: DeliverySignal): Promise<void>;
  logs: Map<string, LogEntry[]>;
  /** When set, every call throws it. */
  away: Error | undefined;
}

export interface ServedApi {
  api: Api;
  url: string;
  /** Of the login that owns the tables. */
  databaseUrl: string;
  pool: Pool;
  /** The record as one account sees it. */
  recordOf(accountId: string): Database;
  vault: Vault;
  writes: DeliveryWrites;
  workflows: FakeWorkflows;
  /** Makes an account's key. */
  keyOf(accountId: string, scopes?: ('read' | 'write')[]): Promise<string>;
  stop(): Promise<void>;
}

/** The API over HTTP on a database of its own, with nobody behind it who delivers. */
export async function serveApi(
  given: {
    rateLimit?: number;
    temporalUi?: { url: string; namespace: string };
    /** Null: not known. */
    publicUrl?: string | null;
  } = {},
): Promise<ServedApi> {
  const database = await freshDatabase();
  const pool = createPool(database.databaseUrl, () => {});
  const tenantPool = createPool(database.databaseUrl, () => {}, { role: 'tenant', max: 8 });
  const recordOf = (account: string) => scopedTo(tenantPool, account);
  const vault = createVault([{ id: 'test', key: randomBytes(32) }]);
  const writes = createDeliveryWrites(pool);
  const workflows = fakeWorkflows();
  const operatorKey = `ph_${randomBytes(16).toString('hex')}`;
  const { publicUrl = 'https://hooks.example', ...settings } = given;
  const app = createApi({
    pool,
    recordOf,
    vault,
    ingest: writes.ingest,
    relay: {
      offer: (deliveries) => void workflows.offered.push(...deliveries),
      poke: () => {},
    },
    workflows,
    recoveries: { offer: () => {}, start: async () => {}, signal: async () => false },
    judgeUrl: async () => undefined,
    readiness: [],
    logger: createLogger('fatal'),
    settings: {
      ...settings,
      operatorKey,
      inbox: true,
      retention: DEFAULT_RETENTION,
      version: 'test',
      publicUrl: () => publicUrl ?? undefined,
    },
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    databaseUrl: database.databaseUrl,
    pool,
    recordOf,
    vault,
    writes,
    workflows,
    api: {
      async call<Body>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
        const response = await fetch(url + path, {
          method,
          headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json', ...headers },
          ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        });
        const text = await response.text();
        const answer: Answer<Body> = {
          status: response.status,
          headers: response.headers,
          body: (text === '' ? undefined : JSON.parse(text)) as Body,
        };
        return answer;
      },
    },
    async keyOf(accountId, scopes = ['read', 'write']) {
      const key = `pk_${randomBytes(16).toString('hex')}`;
      await pool.query(
        "insert into api_keys (account_id, name, prefix, hash, scopes) values ($1, 'test', $2, $3, $4)",
        [accountId, key.slice(0, 8), createHash('sha256').update(key).digest(), scopes],
      );
      return key;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await Promise.all([pool.end(), tenantPool.end()]);
      await database.drop();
    },
  };
}

function fakeWorkflows(): FakeWorkflows {
  const fake: FakeWorkflows = {
    offered: [],
    signals: [],
    running: new Set(),
    logs: new Map(),
    away: undefined,
    onSignal: async () => {},
    async start({ id }) {
      if (fake.away) throw fake.away;
      fake.running.add(id);
      return { runsHere: false };
    },
    async signal(deliveryId, signal) {
      if (fake.away) throw fake.away;
      if (!fake.running.has(deliveryId)) return false;
      fake.signals.push({ deliveryId, ...signal });
      await fake.onSignal(deliveryId, signal);
      return true;
    },
    async log(deliveryId) {
      return fake.away ? undefined : fake.logs.get(deliveryId);
    },
  };
  return fake;
}
