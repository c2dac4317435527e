import type { Logger } from 'pino';
import type { Ingested, NewEvent } from '../db/new-event.ts';
import type { Database } from '../db/pool.ts';
import type { Vault } from '../db/vault.ts';
import type { Recoveries } from '../dispatch/recoveries.ts';
import type { Relay } from '../dispatch/relay.ts';
import type { Retention } from '../domain/retention.ts';
import type { DeliveryWorkflows } from '../temporal/deliveries.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { CountingTurns } from './counting-turns.ts';
import type { DeliveryTails } from './delivery-tails.ts';
import type { EventStreams } from './event-stream.ts';
import type { WakeUps } from './wake-ups.ts';

/** Why an endpoint's URL is refused. */
export interface UrlFault {
  kind: 'malformed' | 'blocked';
  detail: string;
}

/** One part of the readiness answer. */
export interface PartCheck {
  name: 'database' | 'temporal' | 'worker';
  /** What to look at when it is not ready; whoever asks may read it, so it names settings and no addresses. */
  hint: string;
  check(): Promise<void>;
}

/** What a handler is given. */
export interface ApiDeps {
  /** The record as the account of the path sees it; all of it where the path names none. */
  pool: Database;
  vault: Vault;
  /**
   * Stores an event with its deliveries. Gathered into statements that carry the events of many accounts, so it
   * works as the engine; but whatever account an event names, it becomes one of the account of the path.
   */
  ingest(event: NewEvent): Promise<Ingested>;
  relay: Pick<Relay, 'offer' | 'poke'>;
  workflows: DeliveryWorkflows;
  recoveries: Pick<Recoveries, 'offer' | 'start' | 'signal'>;
  /** Judges a URL by its form and by the addresses its name has now. */
  judgeUrl(url: string): Promise<UrlFault | undefined>;
  readiness: readonly PartCheck[];
  logger: Logger;
  tails: DeliveryTails;
  wakeUps: WakeUps;
  countingTurns: CountingTurns;
  settings: {
    /** The operator's key. */
    operatorKey: string;
    /** Whether the built-in inbox receiver is served. */
    inbox: boolean;
    /** The name or address that the API is configured to listen on. */
    host?: string;
    /** Requests a second that each account's key may make; default: any number. */
    rateLimit?: number | undefined;
    /** For accounts that ask for no other. */
    retention: Retention;
    version: string;
    /** Where people look at workflows; undefined: not known. */
    temporalUi?: { url: string; namespace: string } | undefined;
    /** Where people reach this product; default: not known. */
    publicUrl?(): string | undefined;
    /** How long a listener is there that nobody reads, in milliseconds; default a minute. */
    listenerUnreadMs?: number | undefined;
    /** Folder of the built console; default: none, and `/` says how to build it. */
    consolePath?: string | undefined;
  };
}

/** What the API needs from outside; wired once, in compose.ts. */
export interface AppDeps extends Omit<ApiDeps, 'tails' | 'wakeUps' | 'countingTurns'> {
  /** The whole record, for what comes before an account is known. */
  pool: Database;
  /** The record as one account sees it; row-level security holds it to that. */
  recordOf(accountId: string): Database;
  /** For whoever stops them with the process; default: nobody does. */
  streams?: EventStreams;
  /** What `/metrics` tells, in the text format of Prometheus; default: nothing but what the API counts itself. */
  metrics?: () => Promise<string>;
  /** Traces the requests that bring events; default: nobody wants traces. */
  tracing?: Tracing | undefined;
}
