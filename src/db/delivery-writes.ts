import type { Pool } from 'pg';
import type { ProfileName, Settled, Step, Waiting } from '../domain/delivery.ts';
import type { RetryPolicy } from '../domain/schedule.ts';
import { claimAttempts } from './claim.ts';
import { gather } from './gather.ts';
import { type Ingested, ingestEvents, type NewEvent } from './ingest.ts';
import { recordAttempts, releaseClaim } from './record.ts';

/** Asks for attempt `number` of a delivery. */
export interface ClaimRequest {
  deliveryId: string;
  number: number;
  startedAt: Date;
}

/** The right to make one POST, with all that it takes. */
export interface AttemptClaim {
  deliveryId: string;
  accountId: string;
  endpointId: string;
  number: number;
  /** 1, or one more for each time this attempt was interrupted. */
  try: number;
  profile: ProfileName;
  url: string;
  /** The endpoint's own headers. */
  headers: Record<string, string>;
  /** Newest first; two while a rotation overlaps. */
  secretsSealed: string[];
  timeoutMs: number;
  policy: RetryPolicy;
  event: { id: string; type: string; createdAt: Date; acceptedAt: Date; selzToken: string; data: string };
}

/** Either the claim, or what comes next without a POST. */
export type ClaimAnswer = { kind: 'claimed'; claim: AttemptClaim } | { kind: 'step'; step: Step };

/** What is written down of an ended attempt. */
export interface AttemptRecord {
  deliveryId: string;
  number: number;
  try: number;
  durationMs: number;
  responseStatus?: number | undefined;
  responseHeaders?: Record<string, string | string[]>;
  responseBody?: string;
  responseTruncated?: boolean;
  errorDetail?: string;
  step: Settled | Waiting;
}

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
