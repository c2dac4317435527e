import type { ProfileName, Step } from '../domain/delivery.ts';
import type { RetryPolicy } from '../domain/schedule.ts';

/** Asks for attempt `number` of a delivery. */
export interface ClaimRequest {
  deliveryId: string;
  number: number;
  /** The burst that asks. Where there is no room it is told so, */
  burst?: string | undefined;
  /** or has the delivery parked, with no workflow: the relay starts it once it is woken. */
  parks?: boolean | undefined;
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
  /** When it was to be made: as soon as it was accepted, or when its wait was over; absent where it waited for its endpoint. */
  dueAt?: Date;
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
  event: {
    id: string;
    type: string;
    createdAt: Date;
    acceptedAt: Date;
    selzToken: string;
    data: string;
    /** The span under which it was accepted; absent where it is not traced. */
    traceparent?: string;
  };
}

/** There is nothing to attempt now. */
export type Unclaimed =
  /** Begun already, by a process whose outcome may still come, for so long; `burst`: the one that began it. */
  | { kind: 'under_way'; forMs: number; burst: string | null }
  /** Its endpoint has no room; told to a burst alone. */
  | { kind: 'crowded' }
  /** The same, and it waits there now. */
  | { kind: 'parked' };

/** Either the claim, or what comes next without a POST. */
export type ClaimAnswer =
  | { kind: 'claimed'; claim: AttemptClaim }
  | { kind: 'step'; step: Step }
  | Unclaimed
  /** There is no such delivery in this database. */
  | { kind: 'unknown' };
