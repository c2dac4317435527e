import type { Logger } from 'pino';
import type { BurstMode, EncryptionKey } from './config.ts';
import type { Retention } from './domain/retention.ts';
import type { AddressPolicy } from './http/address.ts';
import type { EgressProxy } from './http/proxy.ts';
import type { ResolveName } from './http/resolve.ts';
import type { TemporalSettings } from './temporal/connect.ts';
import type { TracingSettings } from './tracing/tracing.ts';

/** Everything a running process is made from; nothing is read from the environment here. */
export interface Parts {
  /** `all`: API and worker in one process, so that workflows start eagerly. */
  role: 'all' | 'api' | 'worker';
  host: string;
  /** 0 takes a free one. */
  port: number;
  databaseUrl: string;
  temporal: TemporalSettings;
  /** Where people look at workflows; default: not known. */
  temporalUiUrl?: string | undefined;
  /** Where people reach the API and the console; default: not known. */
  publicUrl?: string | undefined;
  /** Whether people reach it where it listens, unless `publicUrl` says otherwise; default: no. */
  servesThisMachine?: boolean;
  taskQueue: string;
  operatorKey: string;
  encryptionKeys: EncryptionKey[];
  addressPolicy: AddressPolicy;
  /** Through which deliveries go; default: none. */
  proxy?: EgressProxy | undefined;
  /** How names become addresses; default: as the operating system does. */
  resolve?: ResolveName;
  inbox: boolean;
  /** How long an endpoint may fail before it is disabled; default: for ever. */
  disableAfterHours?: number | undefined;
  /** Requests a second that each account's key may make; default: any number. */
  rateLimit?: number | undefined;
  /** How long a listener is there that nobody reads, in milliseconds; default a minute. */
  listenerUnreadMs?: number;
  /** How long accounts keep what, unless they ask for other times; default 90 days, payloads 30. */
  retention?: Retention;
  /** Whether first attempts go out together; default `on`: those that wait. */
  bursts?: BurstMode;
  /** Path of the built workflow bundle. */
  workflowBundlePath: string;
  /** Path of the built thread that makes the attempts of bursts; default: this thread does. */
  burstThreadPath?: string;
  /** Folder of the built console; default: none is served. */
  consolePath?: string;
  /** Where traces go; default: there are none. */
  tracing?: TracingSettings | undefined;
  logger: Logger;
  /** Called when the process cannot go on: its worker has died. */
  onFatal(error: unknown): void;
}
