import type { ProfileName, Step } from '../domain/delivery.ts';
import type { RetryPolicy } from '../domain/schedule.ts';

/** Asks for attempt `number` of a delivery. */
export interface ClaimRequest {
  deliveryId: string;
  number: number;
}

/** The right to make one POST, with all that it takes. */
export interface AttemptClaim {
  deliveryId: string;
  accountId: string;
  endpointId: string;
  number: number;
  /** 1, or one more for each time this attempt was interrupted. */
  try: number;
  /** When it was claimed, by the clock of the database: those of workers may differ. */
  startedAt: Date;
  profile: ProfileName;
  url: string;
  /** The endpoint's own headers. */
  headers: Record<string, string>;
  /** Newest first; two while a rotation overlaps. */
  secretsSealed: string[];
  timeoutMs: number;
  /** How many attempts the endpoint may get at a time. */
  maxConcurrency: number;
  policy: RetryPolicy;
  event: { id: string; type: string; createdAt: Date; acceptedAt: Date; selzToken: string; data: string };
}

/** Either the claim, or what comes next without a POST. */
export type ClaimAnswer =
  | { kind: 'claimed'; claim: AttemptClaim }
  | { kind: 'step'; step: Step }
  /** Begun already, by a process whose outcome may still come, for so long. */
  | { kind: 'under_way'; forMs: number }
  /** There is no such delivery in this database. */
  | { kind: 'unknown' };
