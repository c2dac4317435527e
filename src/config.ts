import { existsSync } from 'node:fs';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import {
  DEFAULT_RETENTION,
  LONGEST_RETENTION_DAYS,
  type Retention,
  retentionInForce,
} from './domain/retention.ts';
import { type Network, parseNetworks } from './http/address.ts';
import { EgressProxy } from './http/proxy.ts';
import { LOG_LEVELS } from './log.ts';
import type { Role } from './roles.ts';
import { SettingError } from './setting-error.ts';
import type { TemporalSettings } from './temporal/connect.ts';
import { SAMPLERS, type TracingSettings } from './tracing/tracing.ts';

/** Which first attempts go out together: those that wait for a workflow of their own, none, or all. */
export const BURST_MODES = ['on', 'off', 'always'] as const;
export type BurstMode = (typeof BURST_MODES)[number];

/** What a process runs with. Undefined stores are the embedded ones. */
export interface Config {
  role: Role;
  /** Whether any store is embedded: then keys are made and kept locally, and loopback and http are allowed. */
  embedded: boolean;
  host: string;
  port: number;
  databaseUrl: string | undefined;
  temporal: TemporalSettings | undefined;
  /** Where people look at workflows; undefined: not known, or that of the embedded server. */
  temporalUiUrl: string | undefined;
  /** Where people reach the API and the console; undefined: not known, or where an embedded product listens. */
  publicUrl: string | undefined;
  taskQueue: string;
  operatorKey: string | undefined;
  encryptionKeys: EncryptionKey[] | undefined;
  allowNetworks: Network[];
  allowHttp: boolean;
  proxy: EgressProxy | undefined;
  inbox: boolean;
  /** How long an endpoint may fail before it is disabled; undefined: for ever. */
  disableAfterHours: number | undefined;
  /** For accounts that ask for no other. */
  retention: Retention;
  /** Requests a second that each account's key may make; undefined: any number. */
  rateLimit: number | undefined;
  bursts: BurstMode;
  /** Where traces go; undefined: there are none. */
  tracing: TracingSettings | undefined;
  dataDir: string;
  logLevel: (typeof LOG_LEVELS)[number];
}

export interface EncryptionKey {
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

const onOff = z
  .enum(['on', 'off', 'true', 'false', '1', '0'], { error: 'must be on or off' })
  .transform((value) => ['on', 'true', '1'].includes(value));

const days = (least: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, 'must be a number of days')
    .transform(Number)
    .refine(
      (count) => count >= least && count <= LONGEST_RETENTION_DAYS,
      `must be ${least} to ${LONGEST_RETENTION_DAYS} days`,
    );

const settings = z.object({
  HOST: z.string().optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a port number of at most 65535')
    .default(3000),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be like postgres://user:password@host:5432/database')
    .optional(),
  TEMPORAL_UI_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  POSTHASTE_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .transform((url) => url.replace(/\/$/, ''))
    .refine((url) => url === new URL(url).origin, 'must have neither a path nor a query')
    .optional(),
  POSTHASTE_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/, 'must be at most 512 visible ASCII characters, without spaces')
    .optional(),
  POSTHASTE_ENCRYPTION_KEYS: z.string().transform(encryptionKeys).optional(),
  POSTHASTE_ALLOW_NETWORKS: z.string().transform(networks).optional(),
  POSTHASTE_ALLOW_HTTP: onOff.optional(),
  POSTHASTE_PROXY: z.string().transform(egressProxy).optional(),
  POSTHASTE_INBOX: onOff.optional(),
  POSTHASTE_RETENTION_DAYS: days(1).default(DEFAULT_RETENTION.days),
  POSTHASTE_PAYLOAD_RETENTION_DAYS: days(0).optional(),
  POSTHASTE_RATE_LIMIT: z
    .string()
    .regex(/^(?:off|[1-9]\d{0,6})$/, 'must be off, or how many requests a second each key may make')
    .transform((text) => (text === 'off' ? undefined : Number(text)))
    .prefault('1000'),
  POSTHASTE_DISABLE_AFTER_HOURS: z
    .string()
    .regex(/^(?:off|[1-9]\d{0,3})$/, 'must be off, or 1 to 9999 hours')
    .transform((text) => (text === 'off' ? undefined : Number(text)))
    .prefault('120'),
  POSTHASTE_BURST: z.enum(BURST_MODES, { error: `must be one of ${BURST_MODES.join(', ')}` }).default('on'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional(),
  OTEL_SERVICE_NAME: z.string().default('posthaste'),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` })
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0|1|0?\.\d+|1\.0+)$/, 'must be a number from 0 to 1')
    .transform(Number)
    .prefault('1'),
  POSTHASTE_DATA: z.string().default('.posthaste'),
  POSTHASTE_TASK_QUEUE: z.string().default('posthaste'),
  POSTHASTE_LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).optional(),
});

/** `id:base64,…`, newest first; each key 32 bytes. */
export function encryptionKeys(text: string, ctx?: z.RefinementCtx): EncryptionKey[] {
  const keys = text.split(',').map((pair) => {
    const [, id, base64] = /^\s*([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)\s*$/.exec(pair) ?? [];
    return { id: id ?? '', key: Buffer.from(base64 ?? '', 'base64') };
  });
  const right = keys.every(({ id, key }) => id !== '' && key.length === 32);
  if (!right || new Set(keys.map(({ id }) => id)).size !== keys.length) {
    const message =
      'must be id:base64 pairs of 32-byte keys, newest first, each id once; make one with: echo "k1:$(openssl rand -base64 32)"';
    if (!ctx) throw new SettingError(message);
    ctx.addIssue({ code: 'custom', message });
  }
  return keys;
}

function networks(text: string, ctx: z.RefinementCtx): Network[] {
  return orIssue(() => parseNetworks(text), ctx);
}

function egressProxy(url: string, ctx: z.RefinementCtx): EgressProxy {
  return orIssue(() => new EgressProxy(url), ctx);
}

function orIssue<T>(parse: () => T, ctx: z.RefinementCtx): T {
  try {
    return parse();
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
}

/**
 * Reads the settings from the environment.
 *
 * @throws {@link SettingError} naming the first setting that is wrong or missing
 */
export function readConfig(role: Role, env: NodeJS.ProcessEnv): Config {
  // An empty value means unset, as in a compose file that passes a variable on.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SettingError(`${String(issue?.path[0])} ${issue?.message}`);
  }
  const set = parsed.data;
  const temporal = temporalSettings(given);
  const embedded = role === 'all' && (!set.DATABASE_URL || !temporal);

  if (!embedded) {
    const need = (name: string, value: unknown, how: string) => {
      if (value === undefined) throw new SettingError(`${name} is required for "posthaste ${role}": ${how}`);
    };
    need('DATABASE_URL', set.DATABASE_URL, 'postgres://user:password@host:5432/database');
    if (role !== 'rotate-keys') need('TEMPORAL_ADDRESS', temporal, 'host:port of the Temporal server');
    if (role !== 'migrate') {
      need(
        'POSTHASTE_ENCRYPTION_KEYS',
        set.POSTHASTE_ENCRYPTION_KEYS,
        'make one with: echo "k1:$(openssl rand -base64 32)"',
      );
      if (role === 'all' || role === 'api')
        need('POSTHASTE_API_KEY', set.POSTHASTE_API_KEY, 'make one with: echo "ph_$(openssl rand -hex 32)"');
    }
  }
  // What is lax for a machine of one's own is not for one that strangers reach.
  const isOpen = !embedded || !isLoopbackHost(set.HOST);
  if (isOpen && set.POSTHASTE_API_KEY && set.POSTHASTE_API_KEY.length < 16)
    throw new SettingError('POSTHASTE_API_KEY must be at least 16 characters');
  if (isOpen && env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    throw new SettingError('NODE_TLS_REJECT_UNAUTHORIZED=0 would accept any certificate: unset it');
  return {
    role,
    embedded,
    host: set.HOST ?? (embedded ? '127.0.0.1' : '0.0.0.0'),
    port: set.PORT,
    databaseUrl: set.DATABASE_URL,
    temporal,
    temporalUiUrl: set.TEMPORAL_UI_URL,
    publicUrl: set.POSTHASTE_PUBLIC_URL,
    taskQueue: set.POSTHASTE_TASK_QUEUE,
    operatorKey: set.POSTHASTE_API_KEY,
    encryptionKeys: set.POSTHASTE_ENCRYPTION_KEYS,
    allowNetworks: set.POSTHASTE_ALLOW_NETWORKS ?? parseNetworks(embedded ? '127.0.0.0/8,::1/128' : ''),
    allowHttp: set.POSTHASTE_ALLOW_HTTP ?? embedded,
    proxy: set.POSTHASTE_PROXY,
    inbox: set.POSTHASTE_INBOX ?? !isOpen,
    retention: retentionOf(set.POSTHASTE_RETENTION_DAYS, set.POSTHASTE_PAYLOAD_RETENTION_DAYS),
    disableAfterHours: set.POSTHASTE_DISABLE_AFTER_HOURS,
    rateLimit: set.POSTHASTE_RATE_LIMIT,
    bursts: set.POSTHASTE_BURST,
    tracing: set.OTEL_EXPORTER_OTLP_ENDPOINT
      ? {
          endpoint: set.OTEL_EXPORTER_OTLP_ENDPOINT,
          serviceName: set.OTEL_SERVICE_NAME,
          sampler: set.OTEL_TRACES_SAMPLER,
          ratio: set.OTEL_TRACES_SAMPLER_ARG,
        }
      : undefined,
    dataDir: set.POSTHASTE_DATA,
    logLevel: set.POSTHASTE_LOG_LEVEL ?? (embedded ? 'warn' : 'info'),
  };
}

function isLoopbackHost(host = '127.0.0.1'): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function retentionOf(days: number, payloadDays: number | undefined): Retention {
  if (payloadDays !== undefined && payloadDays > days)
    throw new SettingError('POSTHASTE_PAYLOAD_RETENTION_DAYS must be at most POSTHASTE_RETENTION_DAYS');
  return retentionInForce({ days, payloadDays: payloadDays ?? null }, DEFAULT_RETENTION);
}

/** The standard Temporal client settings; undefined when none names a server. */
function temporalSettings(env: NodeJS.ProcessEnv): TemporalSettings | undefined {
  if (!env.TEMPORAL_ADDRESS && !env.TEMPORAL_CONFIG_FILE && !env.TEMPORAL_PROFILE) return undefined;
  // A missing file would be passed over, and some other server be connected to.
  if (env.TEMPORAL_CONFIG_FILE && !existsSync(env.TEMPORAL_CONFIG_FILE))
    throw new SettingError(`TEMPORAL_CONFIG_FILE names ${env.TEMPORAL_CONFIG_FILE}, which does not exist`);
  try {
    return loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  } catch (error) {
    throw new SettingError(
      `TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE or TEMPORAL_TLS*: ${(error as Error).message}`,
    );
  }
}
