import type { Pool } from 'pg';
import type { CommittedDelivery } from '../domain/delivery.ts';
import type { AttemptClaim, ClaimAnswer, ClaimRequest } from './attempt-claim.ts';
import { claimAttempts } from './claim.ts';
import { gather } from './gather.ts';
import { type Ingested, ingestEvents, type NewEvent } from './ingest.ts';
import { handOver } from './outbox.ts';
import { crowdedEndpointsOf, wakeParked } from './parking.ts';
import { type AttemptRecord, recordAttempts, releaseClaim } from './record.ts';

/** The writes of every delivery, gathered into statements that carry many rows. All are idempotent. */
export interface DeliveryWrites {
  ingest(event: NewEvent): Promise<Ingested>;
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  record(record: AttemptRecord): Promise<void>;
  /** Puts a delivery that a burst carried back into the outbox; undefined when it does not go on. */
  handOver(carried: { deliveryId: string; burst: string }): Promise<CommittedDelivery | undefined>;
  /** Gives a claim back: nothing was sent. */
  release(claim: Pick<AttemptClaim, 'deliveryId' | 'number' | 'try'>): Promise<void>;
}

/**
 * @param options.woken called when deliveries that waited for their endpoint are let through: there are signals to send
 * @param options.unwoken called with what went wrong instead; whoever still waits is found by a later look
 */
export function createDeliveryWrites(
  pool: Pool,
  { woken, unwoken }: { woken?: () => void; unwoken?: (error: unknown) => void } = {},
): DeliveryWrites {
  // An attempt that has ended makes room at its endpoint, for those that wait there.
  const makeRoom = gather(async (deliveryIds: string[]) => {
    const crowded = await crowdedEndpointsOf(pool, deliveryIds);
    if (crowded.length > 0 && (await wakeParked(pool, crowded)) > 0) woken?.();
    return deliveryIds.map(() => undefined);
  });
  const makeRoomAt = ({ deliveryId }: { deliveryId: string }) =>
    void makeRoom(deliveryId).catch((error) => unwoken?.(error));
  const record = gather((records: AttemptRecord[]) => recordAttempts(pool, records));
  // One statement at a time: two at once would be in each other's way at busy endpoints, and carry half as much.
  const claim = gather((requests: ClaimRequest[]) => claimAttempts(pool, requests, 'skip'), { runs: 1 });
  const claimLocked = gather((requests: ClaimRequest[]) => claimAttempts(pool, requests, 'wait'), {
    runs: 1,
  });
  return {
    ingest: gather((events) => ingestEvents(pool, events)),
    async claim(request) {
      const first = await claim(request);
      const answer = first.kind === 'locked' ? ((await claimLocked(request)) as ClaimAnswer) : first;
      // Those that were under way may all have ended before this one was parked.
      if (answer.kind === 'step' && answer.step.kind === 'held') makeRoomAt(request);
      return answer;
    },
    async record(ended) {
      await record(ended);
      makeRoomAt(ended);
    },
    handOver: gather((carried) => handOver(pool, carried)),
    release: (claim) => releaseClaim(pool, claim),
  };
}
