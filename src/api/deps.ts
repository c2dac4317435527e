import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Ingested, NewEvent } from '../db/ingest.ts';
import type { Vault } from '../db/vault.ts';
import type { Relay } from '../dispatch/relay.ts';
import type { DeliveryWorkflows } from '../temporal/deliveries.ts';

/** Why an endpoint's URL is refused. */
export interface UrlFault {
  kind: 'malformed' | 'blocked';
  detail: string;
}

/** One part of the readiness answer. */
export interface PartCheck {
  name: 'database' | 'temporal' | 'worker';
  check(): Promise<void>;
}

/** What the API needs from outside; wired once, in main.ts. */
export interface ApiDeps {
  pool: Pool;
  vault: Vault;
  /** Stores an event with its deliveries; gathered into statements that carry many. */
  ingest(event: NewEvent): Promise<Ingested>;
  relay: Relay;
  workflows: DeliveryWorkflows;
  /** Judges a URL by its form and by the addresses its name has now. */
  judgeUrl(url: string): Promise<UrlFault | undefined>;
  readiness: readonly PartCheck[];
  logger: Logger;
  settings: {
    /** The operator's key. */
    operatorKey: string;
    /** Whether the built-in inbox receiver is served. */
    inbox: boolean;
    version: string;
  };
}
