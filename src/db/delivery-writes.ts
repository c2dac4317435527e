import type { Pool } from 'pg';
import type { CommittedDelivery, FailureReason, FinalStatus, Settled } from '../domain/delivery.ts';
import type { AttemptClaim, ClaimAnswer, ClaimRequest } from './attempt-claim.ts';
import { claimAttempts } from './claim.ts';
import { gather } from './gather.ts';
import { gatherEach } from './gather-each.ts';
import { ingestEvents } from './ingest.ts';
import type { Ingested, NewEvent } from './new-event.ts';
import { handOver } from './outbox.ts';
import { crowdedOf, type IfLocked, recallParked, wakeParked } from './parking.ts';
import { type AttemptRecord, recordAttempts, releaseClaim } from './record.ts';
import { writeSettled } from './resting.ts';

/** Of `locksAwaited`. */
const MOST_WAITS = 4;

/** Accounts whose events with keys are taken in at once. */
const ORDERED_ACCOUNTS = 4;

/** The writes of every delivery, gathered into statements that carry many rows. All are idempotent. */
export interface DeliveryWrites {
  ingest(event: NewEvent): Promise<Ingested>;
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  record(record: AttemptRecord): Promise<void>;
  /** Ends a delivery without an attempt; one that is over already keeps its ending. Answers the ending it has. */
  settle(deliveryId: string, status: FinalStatus, reason?: FailureReason): Promise<Settled>;
  /** Puts a delivery that a burst carried back into the outbox; undefined when it does not go on. */
  handOver(carried: { deliveryId: string; burst: string }): Promise<CommittedDelivery | undefined>;
  /** Gives a claim back: nothing was sent. */
  release(claim: Pick<AttemptClaim, 'deliveryId' | 'number' | 'try'>): Promise<void>;
}

/**
 * @param options.woken called when deliveries that waited for their endpoint are let through: there are signals to send
 * @param options.turnEnded called when a delivery ended that may have been in an ordered lane: the next one may go
 * @param options.ended called once when a write ended a delivery
 * @param options.locksAwaited locked endpoints that are waited for at once, by claims and again by those that make room:
 *   each wait holds a connection; default 4
 * @param options.unwoken called with what went wrong instead; whoever still waits is found by a later look
 */
export function createDeliveryWrites(
  pool: Pool,
  {
    woken,
    turnEnded,
    unwoken,
    ended: onEnded,
    locksAwaited = MOST_WAITS,
  }: {
    woken?: () => void;
    turnEnded?: () => void;
    ended?: ((settled: Settled) => void) | undefined;
    unwoken?: (error: unknown) => void;
    locksAwaited?: number;
  } = {},
): DeliveryWrites {
  async function wake(endpointIds: string[], ifLocked: IfLocked): Promise<string[]> {
    const looked = await wakeParked(pool, endpointIds, ifLocked);
    if (looked.woken > 0) woken?.();
    return looked.skipped;
  }
  const wakeLocked = gatherEach(
    (endpointId: string) => endpointId,
    async (same: string[]) => {
      await wake(same.slice(0, 1), 'wait');
      return same;
    },
    { keys: locksAwaited },
  );
  // An attempt that has ended makes room at its endpoint, for those that wait there.
  const makeRoom = gather(async (endpointIds: string[]) => {
    const crowded = await crowdedOf(pool, endpointIds);
    const skipped = crowded.length > 0 ? await wake(crowded, 'skip') : [];
    for (const endpointId of skipped) void wakeLocked(endpointId).catch((error) => unwoken?.(error));
    return endpointIds.map(() => undefined);
  });
  const makeRoomAt = (endpointId: string) => void makeRoom(endpointId).catch((error) => unwoken?.(error));
  // One statement at a time: two at once would carry half as much each, and claims be in each other's way at busy endpoints.
  const record = gather((records: AttemptRecord[]) => recordAttempts(pool, records), { runs: 1 });
  const claim = gather((requests: ClaimRequest[]) => claimAttempts(pool, requests, 'skip'), { runs: 1 });
  const claimLocked = gatherEach(
    ({ endpointId }: { endpointId: string; request: ClaimRequest }) => endpointId,
    (same) =>
      claimAttempts(
        pool,
        same.map(({ request }) => request),
        'wait',
      ),
    { keys: locksAwaited },
  );
  const goOn = gather((carried: { deliveryId: string; burst: string }[]) => handOver(pool, carried));
  const ingest = (events: NewEvent[]) => ingestEvents(pool, events);
  const ingestAny = gather(ingest);
  // Of one account one statement at a time: of two at once the later one might come first.
  const ingestInOrder = gatherEach(({ accountId }: NewEvent) => accountId, ingest, {
    keys: ORDERED_ACCOUNTS,
  });
  return {
    ingest: (event) => (event.orderingKey === undefined ? ingestAny(event) : ingestInOrder(event)),
    async claim(request) {
      const first = await claim(request);
      const { answer, endpointId, ended } =
        first.answer.kind === 'locked'
          ? await claimLocked({ endpointId: first.answer.endpointId, request })
          : first;
      if (answer.kind === 'locked')
        throw new Error('a claim that waits for its endpoint is told that it is locked');
      // Those that were under way may all have ended before this one was parked; one that is over leaves its room.
      const leavesRoom = answer.kind === 'step' && answer.step.kind !== 'waiting';
      if (endpointId && (leavesRoom || answer.kind === 'parked')) makeRoomAt(endpointId);
      if (answer.kind === 'step' && answer.step.kind === 'settled') {
        turnEnded?.();
        if (ended) onEnded?.(answer.step);
      }
      return answer;
    },
    async record(made) {
      const recorded = await record(made);
      // It is recorded already, and whatever follows from it is done or is found by a later look.
      if (!recorded) return;
      const { endpointId, endsTurn, ended } = recorded;
      if (endsTurn) turnEnded?.();
      if (made.step.kind === 'settled') {
        if (ended) onEnded?.(made.step);
        if (made.step.reason === 'gone') {
          await recallParked(pool, [endpointId]);
          woken?.();
        }
      }
      makeRoomAt(endpointId);
    },
    async settle(deliveryId, status, reason) {
      const settled = await writeSettled(pool, deliveryId, status, reason, onEnded);
      turnEnded?.();
      return settled;
    },
    async handOver(carried) {
      const goesOn = await goOn(carried);
      if (!goesOn) turnEnded?.();
      return goesOn;
    },
    release: (claim) => releaseClaim(pool, claim),
  };
}
