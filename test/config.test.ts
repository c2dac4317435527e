import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import type { Role } from '../src/roles.ts';

const KEY = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const own = {
  DATABASE_URL: 'postgres://u:p@db:5432/posthaste',
  TEMPORAL_ADDRESS: 'temporal:7233',
  POSTHASTE_API_KEY: 'ph_0123456789abcdef',
  POSTHASTE_ENCRYPTION_KEYS: KEY,
};

describe('without any setting', () => {
  const config = readConfig('all', {});
  test('everything is embedded, on loopback', () => {
    expect(config).toMatchObject({
      embedded: true,
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: undefined,
      temporal: undefined,
      allowHttp: true,
      inbox: true,
      dataDir: '.posthaste',
      taskQueue: 'posthaste',
    });
    expect(config.allowNetworks).toHaveLength(2);
  });
});

test('an embedded product that strangers reach has no inbox, unless it is switched on', () => {
  expect(readConfig('all', { HOST: '0.0.0.0' })).toMatchObject({ embedded: true, inbox: false });
  expect(readConfig('all', { HOST: '0.0.0.0', POSTHASTE_INBOX: 'on' })).toMatchObject({ inbox: true });
  for (const HOST of ['localhost', '127.0.0.2', '::1'])
    expect(readConfig('all', { HOST })).toMatchObject({ inbox: true });
});

describe('with stores of one’s own', () => {
  test.each<Role>(['all', 'api', 'worker'])(
    '%s is not embedded, and reaches public https addresses only',
    (role) => {
      expect(readConfig(role, own)).toMatchObject({
        embedded: false,
        host: '0.0.0.0',
        allowHttp: false,
        inbox: false,
        allowNetworks: [],
        databaseUrl: own.DATABASE_URL,
        temporal: { connectionOptions: { address: 'temporal:7233' } },
      });
    },
  );

  test('one store of one’s own leaves the other embedded', () => {
    const { TEMPORAL_ADDRESS: _, ...rest } = own;
    expect(readConfig('all', rest)).toMatchObject({ embedded: true, temporal: undefined });
  });

  test('a proxy shows its host and port, and keeps its password to itself', () => {
    const { proxy } = readConfig('worker', { ...own, POSTHASTE_PROXY: 'http://ann:hunter2@[fd00::7]:3128' });
    expect(proxy?.label).toBe('[fd00::7]:3128');
    expect(JSON.stringify(proxy) + inspect(proxy, { depth: 9, showHidden: true })).not.toMatch(
      /hunter2|Basic/,
    );
    expect(proxy?.headers()).toEqual({ 'Proxy-Authorization': `Basic ${btoa('ann:hunter2')}` });
    expect(readConfig('worker', { ...own, POSTHASTE_PROXY: '' }).proxy).toBeUndefined();
    expect(readConfig('worker', { ...own, POSTHASTE_PROXY: 'https://p.example' }).proxy?.port).toBe(443);
  });

  test('an API key for Temporal turns TLS on', () => {
    const { temporal } = readConfig('all', {
      ...own,
      TEMPORAL_API_KEY: 'secret',
      TEMPORAL_NAMESPACE: 'ns.acct',
    });
    expect(temporal).toMatchObject({
      namespace: 'ns.acct',
      connectionOptions: { apiKey: 'secret', tls: true },
    });
  });

  test('a profile of a Temporal configuration file is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'posthaste-config-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'temporal.toml');
    writeFileSync(file, '[profile.prod]\naddress = "cloud:7233"\nnamespace = "prod"\n');
    const env = { ...own, TEMPORAL_ADDRESS: '', TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prod' };
    expect(readConfig('worker', env).temporal).toMatchObject({
      namespace: 'prod',
      connectionOptions: { address: 'cloud:7233' },
    });
  });
});

test.each([
  [undefined, 120],
  ['24', 24],
  ['off', undefined],
])('POSTHASTE_DISABLE_AFTER_HOURS %s disables an endpoint after %s hours', (given, hours) => {
  const env = given === undefined ? {} : { POSTHASTE_DISABLE_AFTER_HOURS: given };
  expect(readConfig('all', env).disableAfterHours).toBe(hours);
});

test.each([
  [{}, { days: 90, payloadDays: 30 }],
  [{ POSTHASTE_RETENTION_DAYS: '7' }, { days: 7, payloadDays: 7 }],
  [{ POSTHASTE_PAYLOAD_RETENTION_DAYS: '0' }, { days: 90, payloadDays: 0 }],
  [
    { POSTHASTE_RETENTION_DAYS: '365', POSTHASTE_PAYLOAD_RETENTION_DAYS: '90' },
    { days: 365, payloadDays: 90 },
  ],
])('%j keeps things for %j', (env, retention) => {
  expect(readConfig('all', env)).toMatchObject({ retention });
});

test('POSTHASTE_PUBLIC_URL is where people reach the product, without a slash at its end', () => {
  const publicUrl = (env: NodeJS.ProcessEnv) => readConfig('all', env).publicUrl;
  expect(publicUrl({ POSTHASTE_PUBLIC_URL: 'https://hooks.example/' })).toBe('https://hooks.example');
  expect(publicUrl({ POSTHASTE_PUBLIC_URL: 'http://10.0.0.7:3000' })).toBe('http://10.0.0.7:3000');
  expect(publicUrl({})).toBeUndefined();
});

test.each([
  [{}, 1000],
  [{ POSTHASTE_RATE_LIMIT: '5' }, 5],
  [{ POSTHASTE_RATE_LIMIT: 'off' }, undefined],
])('with %j a key may make %s requests a second', (env, perSecond) => {
  expect(readConfig('all', env).rateLimit).toBe(perSecond);
});

test('rotating the keys needs the database and the keys, and neither Temporal nor the operator’s key', () => {
  const { TEMPORAL_ADDRESS: _, POSTHASTE_API_KEY: __, ...rest } = own;
  expect(readConfig('rotate-keys', rest)).toMatchObject({ role: 'rotate-keys', embedded: false });
});

describe('a wrong setting stops the start with one line that names it', () => {
  test.each<[Role, NodeJS.ProcessEnv, string]>([
    ['all', { PORT: 'x' }, 'PORT'],
    ['all', { PORT: '70000' }, 'PORT'],
    ['all', { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
    ['all', { POSTHASTE_DISABLE_AFTER_HOURS: '0' }, 'POSTHASTE_DISABLE_AFTER_HOURS'],
    ['all', { POSTHASTE_DISABLE_AFTER_HOURS: 'never' }, 'POSTHASTE_DISABLE_AFTER_HOURS'],
    ['all', { POSTHASTE_ALLOW_NETWORKS: '10.0.0.0/99' }, 'POSTHASTE_ALLOW_NETWORKS'],
    ['all', { POSTHASTE_ALLOW_HTTP: 'maybe' }, 'POSTHASTE_ALLOW_HTTP'],
    ['all', { POSTHASTE_INBOX: 'maybe' }, 'POSTHASTE_INBOX'],
    ['all', { TEMPORAL_UI_URL: 'temporal.example:8080' }, 'TEMPORAL_UI_URL'],
    ['all', { POSTHASTE_PUBLIC_URL: 'hooks.example' }, 'POSTHASTE_PUBLIC_URL'],
    ['all', { POSTHASTE_PUBLIC_URL: 'https://hooks.example/below' }, 'POSTHASTE_PUBLIC_URL'],
    ['all', { POSTHASTE_PUBLIC_URL: 'https://ann@hooks.example' }, 'POSTHASTE_PUBLIC_URL'],
    ['all', { POSTHASTE_RATE_LIMIT: '0' }, 'POSTHASTE_RATE_LIMIT'],
    ['all', { POSTHASTE_RATE_LIMIT: '-1' }, 'POSTHASTE_RATE_LIMIT'],
    ['rotate-keys', { ...own, DATABASE_URL: '' }, 'DATABASE_URL'],
    ['rotate-keys', { ...own, POSTHASTE_ENCRYPTION_KEYS: '' }, 'POSTHASTE_ENCRYPTION_KEYS'],
    ['all', { POSTHASTE_PROXY: 'socks5://proxy.example:1080' }, 'POSTHASTE_PROXY'],
    ['all', { POSTHASTE_RETENTION_DAYS: '0' }, 'POSTHASTE_RETENTION_DAYS'],
    ['all', { POSTHASTE_RETENTION_DAYS: '3651' }, 'POSTHASTE_RETENTION_DAYS'],
    ['all', { POSTHASTE_RETENTION_DAYS: '1.5' }, 'POSTHASTE_RETENTION_DAYS'],
    ['all', { POSTHASTE_PAYLOAD_RETENTION_DAYS: '-1' }, 'POSTHASTE_PAYLOAD_RETENTION_DAYS'],
    ['all', { POSTHASTE_PAYLOAD_RETENTION_DAYS: '91' }, 'POSTHASTE_PAYLOAD_RETENTION_DAYS'],
    ['all', { POSTHASTE_LOG_LEVEL: 'loud' }, 'POSTHASTE_LOG_LEVEL'],
    ['all', { POSTHASTE_ENCRYPTION_KEYS: 'k1:short' }, 'POSTHASTE_ENCRYPTION_KEYS'],
    ['all', { POSTHASTE_ENCRYPTION_KEYS: `${KEY},${KEY}` }, 'POSTHASTE_ENCRYPTION_KEYS'],
    ['all', { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' }, 'TEMPORAL_CONFIG_FILE'],
    ['api', {}, 'DATABASE_URL'],
    ['api', { ...own, TEMPORAL_ADDRESS: '' }, 'TEMPORAL_ADDRESS'],
    ['api', { ...own, POSTHASTE_API_KEY: '' }, 'POSTHASTE_API_KEY'],
    ['api', { ...own, POSTHASTE_API_KEY: 'short' }, 'POSTHASTE_API_KEY'],
    ['all', { POSTHASTE_API_KEY: 'no header takes a space' }, 'POSTHASTE_API_KEY'],
    ['worker', { ...own, POSTHASTE_ENCRYPTION_KEYS: '' }, 'POSTHASTE_ENCRYPTION_KEYS'],
    ['all', { ...own, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'NODE_TLS_REJECT_UNAUTHORIZED'],
    ['all', { HOST: '0.0.0.0', POSTHASTE_API_KEY: 'short' }, 'POSTHASTE_API_KEY'],
    ['all', { HOST: '10.0.0.7', NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'NODE_TLS_REJECT_UNAUTHORIZED'],
  ])('%s with %j: %s', (role, env, name) => {
    const message = catchMessage(() => readConfig(role, env));
    expect(message).toMatch(new RegExp(`^${name}\\b`));
    expect(message).not.toContain('\n');
  });

  test('no message repeats a secret', () => {
    const message = catchMessage(() => readConfig('all', { POSTHASTE_ENCRYPTION_KEYS: 'k1:not-a-key' }));
    expect(message).not.toContain('not-a-key');
  });

  test.each([
    'proxy.example:3128',
    'socks5://ann:hunter2@proxy.example',
    'http://ann:hunter2@proxy.example/path',
    'http://ann:hunter2@proxy.example/?a=b',
    'http://ann:hunter2#2@proxy.example',
    'http://ann:hunter2@proxy.example:0',
    'http://ann:hunter2@proxy.example:99999',
    'http://ann:hunter2%ZZ@proxy.example',
    'http://ann:hunter2%0d%0a@proxy.example',
    'http://an%3An:hunter2@proxy.example',
    'http://',
  ])('the proxy %s is refused without its password', (proxy) => {
    const message = catchMessage(() => readConfig('worker', { ...own, POSTHASTE_PROXY: proxy }));
    expect(message).toMatch(/^POSTHASTE_PROXY must be like/);
    expect(message).not.toMatch(/hunter2|ann/);
  });
});

function catchMessage(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was wrong');
}

describe('traces', () => {
  test('are off unless somebody says where they go', () => {
    expect(readConfig('all', { OTEL_SERVICE_NAME: 'hooks' }).tracing).toBeUndefined();
    expect(
      readConfig('worker', { ...own, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }).tracing,
    ).toEqual({
      endpoint: 'http://collector:4318',
      serviceName: 'posthaste',
      sampler: 'parentbased_always_on',
      ratio: 1,
    });
  });

  test('of a share of events', () => {
    const set = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example',
      OTEL_SERVICE_NAME: 'hooks',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.05',
    };
    expect(readConfig('all', set).tracing).toMatchObject({
      serviceName: 'hooks',
      sampler: 'parentbased_traceidratio',
      ratio: 0.05,
    });
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
    ['OTEL_TRACES_SAMPLER_ARG', '5 %'],
  ])('a wrong %s stops the start and is named', (name, value) => {
    expect(() => readConfig('all', { [name]: value })).toThrow(name);
  });
});
