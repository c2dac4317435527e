import type { Pool } from 'pg';
import type { AttemptClaim, ClaimAnswer, ClaimRequest } from './attempt-claim.ts';
import { claimAttempts } from './claim.ts';
import { gather } from './gather.ts';
import { type Ingested, ingestEvents, type NewEvent } from './ingest.ts';
import { type AttemptRecord, recordAttempts, releaseClaim } from './record.ts';

/** The writes of every delivery, gathered into statements that carry many rows. All are idempotent. */
export interface DeliveryWrites {
  ingest(event: NewEvent): Promise<Ingested>;
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  record(record: AttemptRecord): Promise<void>;
  /** Gives a claim back: nothing was sent. */
  release(claim: Pick<AttemptClaim, 'deliveryId' | 'number' | 'try'>): Promise<void>;
}

export function createDeliveryWrites(pool: Pool): DeliveryWrites {
  return {
    ingest: gather((events) => ingestEvents(pool, events)),
    claim: gather((requests) => claimAttempts(pool, requests)),
    record: gather((records) => recordAttempts(pool, records)),
    release: (claim) => releaseClaim(pool, claim),
  };
}
