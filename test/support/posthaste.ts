import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { compose } from '../../src/compose.ts';
import { parseNetworks } from '../../src/http/address.ts';
import { createLogger } from '../../src/log.ts';
import type { Parts } from '../../src/parts.ts';
import { connectClient } from '../../src/temporal/connect.ts';
import { freshDatabase } from './postgres.ts';
import { testTemporal } from './temporal.ts';

export interface Answer<Body> {
  status: number;
  headers: Headers;
  /** Undefined when there is none. */
  body: Body;
}

/** The smallest client of the API; it calls with the operator's key unless `headers` say otherwise. */
export interface Api {
  call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
}

/** A whole product in this process, on a database and a task queue of its own. */
export interface Posthaste {
  api: Api;
  /** Where the API listens. */
  url: string;
  operatorKey: string;
  databaseUrl: string;
  /** A connection to Temporal of the test's own. */
  client: Client;
  taskQueue: string;
  /** What it was made from, to make another like it. */
  parts: Parts;
  /** Stops the process; what it was told stays in its stores. */
  halt(): Promise<void>;
  /** Stops the process and drops its database. @throws what its worker died of, if it did */
  stop(): Promise<void>;
}

/**
 * Starts a product that may reach loopback over plain http, with the inbox on. A `databaseUrl` that is given is
 * the caller's to drop.
 */
export async function startPosthaste(overrides: Partial<Parts> = {}): Promise<Posthaste> {
  const { address, namespace, taskQueue, workflowBundlePath } = testTemporal();
  const database = overrides.databaseUrl ? undefined : await freshDatabase();
  const own = await connectClient({ connectionOptions: { address }, namespace });
  let fatal: unknown;
  const parts: Parts = {
    role: 'all',
    host: '127.0.0.1',
    port: 0,
    databaseUrl: database?.databaseUrl ?? '',
    temporal: { connectionOptions: { address }, namespace },
    taskQueue,
    operatorKey: `ph_${randomBytes(16).toString('hex')}`,
    encryptionKeys: [{ id: 'test', key: randomBytes(32) }],
    addressPolicy: { allowNetworks: parseNetworks('127.0.0.0/8,::1/128'), allowHttp: true },
    inbox: true,
    servesThisMachine: true,
    workflowBundlePath,
    logger: createLogger('fatal'),
    // A project of its own runs some of the tests so.
    ...(process.env.TEST_BURSTS === 'always' && { bursts: 'always' }),
    onFatal: (error) => {
      fatal = error;
    },
    ...overrides,
  };
  const running = await compose(parts);
  return {
    api: apiAt(running.url, parts.operatorKey),
    url: running.url,
    operatorKey: parts.operatorKey,
    databaseUrl: parts.databaseUrl,
    client: own.client,
    taskQueue: parts.taskQueue,
    parts,
    halt: running.stop,
    async stop() {
      await running.stop();
      await own.close();
      await database?.drop();
      if (fatal) throw fatal;
    },
  };
}

export function apiAt(url: string, key: string): Api {
  return {
    async call<Body>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      const parsed: unknown = isJson ? JSON.parse(text) : text || undefined;
      return { status: response.status, headers: response.headers, body: parsed as Body };
    },
  };
}
