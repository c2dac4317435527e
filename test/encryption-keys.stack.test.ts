import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createPool } from '../src/db/pool.ts';
import { createVault } from '../src/db/vault.ts';
import { faultOfKeys, rotateKeys } from '../src/encryption-keys.ts';
import { main } from '../src/main.ts';
import { verifySignatures } from '../src/profiles/verify.ts';
import { type Merchant, openAccount } from './support/merchant.ts';
import { freshDatabase } from './support/postgres.ts';
import { type Posthaste, startPosthaste } from './support/posthaste.ts';
import { startReceiver } from './support/receiver.ts';
import { testTemporal } from './support/temporal.ts';
import { waitUntil } from './support/wait.ts';

const k1 = { id: 'k1', key: randomBytes(32) };
const k2 = { id: 'k2', key: randomBytes(32) };
const k3 = { id: 'k3', key: randomBytes(32) };
const otherBytes = { id: 'k1', key: randomBytes(32) };

let databaseUrl: string;
beforeEach(async () => {
  const database = await freshDatabase();
  databaseUrl = database.databaseUrl;
  onTestFinished(database.drop);
});

async function inDatabase<T>(use: (pool: ReturnType<typeof createPool>) => Promise<T>): Promise<T> {
  const pool = createPool(databaseUrl, () => {}, { max: 1 });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

/** Endpoints whose secrets are sealed so. */
async function endpoints(sealed: string[]): Promise<string[]> {
  return inDatabase(async (pool) => {
    await pool.query("insert into accounts (id) values ('acme') on conflict do nothing");
    const { rows } = await pool.query<{ id: string }>(
      `insert into endpoints (account_id, url, profile, events, secret_sealed)
       select 'acme', 'https://a.test/', 'standard', '{*}', sealed from unnest($1::text[]) sealed returning id`,
      [sealed],
    );
    return rows.map(({ id }) => id);
  });
}

const sealedWith = (key: typeof k1, count = 1) => {
  const vault = createVault([key]);
  return Array.from({ length: count }, () => vault.seal('a secret'));
};
/** Sealed well, then damaged. */
const damaged = (key: typeof k1) => {
  const [id, base64 = ''] = createVault([key]).seal('a secret').split('.');
  const bytes = Buffer.from(base64, 'base64');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return `${id}.${bytes.toString('base64')}`;
};

async function rotated(keys: (typeof k1)[]): Promise<{ ok: boolean; told: string[] }> {
  const told: string[] = [];
  const ok = await rotateKeys(databaseUrl, keys, (line) => told.push(line));
  return { ok, told };
}

describe('rotating the encryption key', () => {
  test('seals every secret anew while deliveries go on, and then the old key can go', async () => {
    const receiver = await startReceiver();
    onTestFinished(receiver.close);
    let posthaste: Posthaste = await startPosthaste({ databaseUrl, encryptionKeys: [k1] });
    const merchant: Merchant = await openAccount(posthaste);
    const { id, secret } = await merchant.endpoint({ url: receiver.url('/') });
    const { id: deleted } = await merchant.endpoint({ url: receiver.url('/'), events: ['none'] });
    const { id: turned, secret: first } = await merchant.endpoint({
      url: receiver.url('/'),
      events: ['none'],
    });
    const { secret: second } = await merchant.rotate(turned);
    await merchant.deleteEndpoint(deleted);
    await posthaste.stop();

    posthaste = await startPosthaste({ ...posthaste.parts, encryptionKeys: [k2, k1] });
    const restarted = { ...merchant, ...reopened(posthaste, merchant.id) };
    let rotating = true;
    const sending = (async () => {
      const sent: string[] = [];
      do {
        sent.push(await restarted.deliver('my.type'));
        // A rotation by API in the middle of it is never undone.
        await restarted.call('POST', `/endpoints/${turned}/secret/rotate`, { secret: second });
      } while (rotating && sent.length < 50);
      return sent;
    })();
    const { ok, told } = await rotated([k2, k1]);
    rotating = false;
    const sent = await sending;
    for (const delivery of sent) await restarted.until(delivery, 'succeeded', 30_000);
    expect(ok).toBe(true);
    expect(told).toContain('key "k1" is no longer used: take it out of POSTHASTE_ENCRYPTION_KEYS');
    expect(told.at(-1)).not.toContain('k2');
    expect((await restarted.call<{ secret: string }>('GET', `/endpoints/${id}/secret`)).body.secret).toBe(
      secret,
    );
    await posthaste.stop();

    const again = await rotated([k2, k1]);
    expect(again).toMatchObject({ ok: true, told: expect.arrayContaining(['done: 0 secrets sealed anew']) });

    posthaste = await startPosthaste({ ...posthaste.parts, encryptionKeys: [k2] });
    const after = { ...merchant, ...reopened(posthaste, merchant.id) };
    await after.until(await after.deliver('my.type'), 'succeeded', 30_000);
    expect((await after.call<{ secret: string }>('GET', `/endpoints/${turned}/secret`)).body.secret).toBe(
      second,
    );
    const verdicts = receiver.requests.map(
      ({ headers, body }) =>
        verifySignatures({ headers, rawBody: body, secrets: [secret], now: new Date() }) as Record<
          string,
          string
        >,
    );
    expect(verdicts.length).toBeGreaterThanOrEqual(2);
    expect(verdicts.every((verdict) => verdict.standard === 'valid')).toBe(true);
    expect(first).not.toBe(second);
    await posthaste.stop();
  }, 90_000);

  test('goes through more secrets than one batch, of several old keys, previous ones too', async () => {
    await endpoints([...sealedWith(k1, 450), ...sealedWith(k2, 3), ...sealedWith(k3, 2)]);
    await inDatabase((pool) =>
      pool.query(
        'update endpoints set previous_secret_sealed = $1 where id in (select min(id) from endpoints)',
        [sealedWith(k1)[0]],
      ),
    );
    const { ok, told } = await rotated([k3, k2, k1]);
    expect(ok).toBe(true);
    expect(told).toContain('done: 454 secrets sealed anew');
    expect(told).toContain('key "k3": 456 secrets');
    expect(told).toContain('key "k2" is no longer used: take it out of POSTHASTE_ENCRYPTION_KEYS');
    expect(await faultOfKeys(databaseUrl, [k3])).toBeUndefined();
  });

  test('names the endpoint of a secret that does not open, goes on with the others, and is no success', async () => {
    const [broken = ''] = await endpoints([damaged(k1)]);
    const [foreign = ''] = await endpoints(sealedWith(k3));
    await endpoints(sealedWith(k1, 5));
    const { ok, told } = await rotated([k2, k1]);
    expect(ok).toBe(false);
    for (const id of [broken, foreign])
      expect(told).toContain(
        `endpoint ${id} has a secret that does not open: give its key, or rotate the secret`,
      );
    expect(told).toContain('done: 5 secrets sealed anew');
    expect(told).toContain('key "k1" is still used: keep it in POSTHASTE_ENCRYPTION_KEYS');
  });
});

/** Calls of an account that another process opened. */
function reopened(posthaste: Posthaste, accountId: string) {
  const account = `/v1/accounts/${accountId}`;
  const call: Merchant['call'] = (method, path, body, headers) =>
    posthaste.api.call(method, account + path, body, headers);
  return {
    call,
    async deliver(event: string): Promise<string> {
      const { body } = await call<{ deliveries: { id: string }[] }>('POST', '/events', { event, data: {} });
      return body.deliveries[0]?.id ?? '';
    },
    until: (id: string, status: string, deadlineMs: number) =>
      waitUntil(
        async () => (await call<{ status: string }>('GET', `/deliveries/${id}`)).body,
        (delivery) => delivery.status === status,
        deadlineMs,
      ),
  };
}

describe('a start', () => {
  const exitCode = process.exitCode;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const heard = new Set(signals.flatMap((signal) => process.listeners(signal)));
  afterEach(() => {
    process.exitCode = exitCode;
    for (const signal of signals)
      for (const listener of process.listeners(signal))
        if (!heard.has(listener)) process.off(signal, listener);
    vi.restoreAllMocks();
  });

  async function startOf(role: string, keys: (typeof k1)[]): Promise<string> {
    const { address, namespace } = testTemporal();
    const written: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    await main([role], {
      PORT: '0',
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      POSTHASTE_API_KEY: 'ph_0123456789abcdef',
      POSTHASTE_ENCRYPTION_KEYS: keys.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
    });
    expect(process.exitCode).toBe(1);
    return written.join('');
  }

  test.each(['all', 'api', 'worker'])('of %s stops with one line when a key is missing', async (role) => {
    await endpoints([...sealedWith(k1, 3), ...sealedWith(k2)]);
    expect(await startOf(role, [k1])).toBe(
      'posthaste: POSTHASTE_ENCRYPTION_KEYS: it lacks the key "k2", which secrets in the database are sealed with: add it\n',
    );
  });

  test('stops with one line when a key has other bytes than it had', async () => {
    await endpoints(sealedWith(k1, 3));
    expect(await startOf('worker', [k2, otherBytes])).toBe(
      'posthaste: POSTHASTE_ENCRYPTION_KEYS: its key "k1" does not open the secrets in the database that are sealed with it: give the right one\n',
    );
  });

  test('does not stop for secrets that are broken where others open, or are no more in use', async () => {
    const [dead = ''] = await endpoints(sealedWith(k3));
    await endpoints([...sealedWith(k1, 4), damaged(k1), 'nonsense', '', 'k9.short']);
    await inDatabase(async (pool) => {
      await pool.query('update endpoints set deleted_at = now() where id = $1', [dead]);
      await pool.query(
        `update endpoints set previous_secret_sealed = $1, previous_secret_expires_at = now() - interval '1 s'
         where id <> $2`,
        [sealedWith(k3)[0], dead],
      );
    });
    expect(await faultOfKeys(databaseUrl, [k2, k1])).toBeUndefined();
  });

  test('looks at the previous secrets that are still in force', async () => {
    await endpoints(sealedWith(k1));
    await inDatabase((pool) =>
      pool.query(
        `update endpoints set previous_secret_sealed = $1, previous_secret_expires_at = now() + interval '1 h'`,
        [sealedWith(k3)[0]],
      ),
    );
    expect(await faultOfKeys(databaseUrl, [k1])).toContain('"k3"');
  });

  test('asks little of a large table', async () => {
    await endpoints(sealedWith(k1, 300));
    await inDatabase((pool) =>
      pool.query(
        `insert into endpoints (account_id, url, profile, events, secret_sealed)
         select account_id, url, profile, events, secret_sealed from endpoints, generate_series(1, 200)`,
      ),
    );
    await inDatabase((pool) => pool.query('vacuum analyze endpoints')).catch(() => {});
    const begunAt = performance.now();
    expect(await faultOfKeys(databaseUrl, [k1])).toBeUndefined();
    expect(performance.now() - begunAt).toBeLessThan(2000);
  });
});
