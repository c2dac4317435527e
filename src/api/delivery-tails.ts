import type { Logger } from 'pino';
import { type AttemptRow, attemptsOf, findDeliveries } from '../db/deliveries.ts';
import type { Database } from '../db/pool.ts';
import { newestAndOpen, type Standing } from '../db/standing.ts';
import { type DeliveryAnswer, toDeliveryAnswer } from './delivery-view.ts';

const LOOK_EVERY_MS = 1000;
/** What was made is looked for as long after: it may have been committed late. */
const COMMITTED_WITHIN_MS = 60_000;
/** Longest that a client may have been away to be told what it missed. */
const AWAY_WITHIN_MS = 3_600_000;

/** Deliveries that were made or have moved, oldest first, as they were after a look that began then. */
export type Hear = (moved: DeliveryAnswer[], lookedAt: Date) => void;

/** Watches the deliveries of accounts: one watch of each account that somebody listens to, in this process. */
export interface DeliveryTails {
  /** Resolves, once everything that moves from then on is heard, to what ends it. */
  listen(account: string, hear: Hear): Promise<() => void>;
  /** Those that were made since then, an hour ago at most, and those that are open and were attempted since. */
  movedSince(account: string, since: Date): Promise<DeliveryAnswer[]>;
}

interface Watch {
  hearers: Set<Hear>;
  begun: Promise<void>;
  timer?: NodeJS.Timeout;
}

export function createDeliveryTails(deps: {
  recordOf(accountId: string): Database;
  logger: Logger;
}): DeliveryTails {
  const watches = new Map<string, Watch>();

  function watch(account: string): Watch {
    const db = deps.recordOf(account);
    const look = lookingAt(db, account);
    const begun: Watch = { hearers: new Set(), begun: look().then(() => again()) };
    const again = () => {
      begun.timer = setTimeout(async () => {
        const lookedAt = new Date();
        try {
          const moved = await look();
          if (moved.length > 0) for (const hear of begun.hearers) hear(moved, lookedAt);
        } catch (error) {
          deps.logger.warn({ accountId: account, err: error }, 'could not look at deliveries that move yet');
        }
        if (watches.get(account) === begun) again();
      }, LOOK_EVERY_MS).unref();
    };
    watches.set(account, begun);
    return begun;
  }

  function leave(account: string, of: Watch, hear: Hear): void {
    of.hearers.delete(hear);
    if (of.hearers.size > 0 || watches.get(account) !== of) return;
    watches.delete(account);
    clearTimeout(of.timer);
  }

  return {
    async listen(account, hear) {
      const own = watches.get(account) ?? watch(account);
      own.hearers.add(hear);
      try {
        await own.begun;
      } catch (error) {
        leave(account, own, hear);
        throw error;
      }
      return () => leave(account, own, hear);
    },
    async movedSince(account, since) {
      const db = deps.recordOf(account);
      const from = new Date(Math.max(since.getTime(), Date.now() - AWAY_WITHIN_MS));
      const ids = (await newestAndOpen(db, account, from)).map(({ id }) => id);
      return (await read(db, account, ids)).filter((delivery) =>
        [
          delivery.createdAt,
          delivery.completedAt,
          ...delivery.attempts.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs),
        ].some((at) => at !== undefined && Number(new Date(at)) >= since.getTime()),
      );
    },
  };
}

/**
 * What has moved from look to look; the first tells nothing. Deliveries are known by their revisions, not by times, so one
 * that is committed late is seen when it is there, and none is told twice.
 */
function lookingAt(db: Database, account: string): () => Promise<DeliveryAnswer[]> {
  const newFrom = Date.now() - COMMITTED_WITHIN_MS;
  let known: Map<string, Standing> | undefined;
  return async () => {
    const seen = new Map(
      (await newestAndOpen(db, account, new Date(Date.now() - COMMITTED_WITHIN_MS))).map((standing) => [
        standing.id,
        standing,
      ]),
    );
    const before = known;
    if (!before) {
      known = seen;
      return [];
    }
    // Of those that are not known and old, others ended, so that they came in sight.
    const isNews = ({ id, revision, createdAt }: Standing) =>
      (before.get(id)?.revision ?? (createdAt.getTime() < newFrom ? revision : -1)) !== revision;
    const moved = [...seen.values()].filter(isNews);
    // Those that have ended, and others that are not among the watched any more.
    const gone = [...before.values()].filter(({ id, isOpen }) => isOpen && !seen.has(id));
    const told = await read(
      db,
      account,
      [...moved, ...gone].map(({ id }) => id),
    );
    known = seen;
    return told.filter(({ id, completedAt }) => seen.has(id) || completedAt !== undefined);
  };
}

async function read(db: Database, account: string, ids: string[]): Promise<DeliveryAnswer[]> {
  if (ids.length === 0) return [];
  const rows = await findDeliveries(db, account, ids);
  const attempts = new Map<string, AttemptRow[]>(ids.map((id) => [id, []]));
  for (const attempt of await attemptsOf(db, account, ids, { withResponses: false }))
    attempts.get(attempt.delivery_id)?.push(attempt);
  return rows.map((row) => toDeliveryAnswer(row, attempts.get(row.id) ?? []));
}
