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
  /**
   * Resolves, once everything that moves from then on is heard, to what ends it.
   *
   * @param since what was made since then, an hour ago at most, and what is open and was attempted since, is heard first
   */
  listen(account: string, hear: Hear, since?: Date): Promise<() => void>;
}

interface Watch {
  hearers: Set<Hear>;
  begun: Promise<void>;
  /** Runs after what was given before, so that nothing is heard after what was read later. */
  inTurn<T>(read: () => Promise<T>): Promise<T>;
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
    const begun: Watch = { hearers: new Set(), begun: look().then(() => again()), inTurn: createTurns() };
    const tell = async () => {
      const lookedAt = new Date();
      const moved = await look();
      if (moved.length > 0) for (const hear of begun.hearers) hear(moved, lookedAt);
    };
    const again = () => {
      begun.timer = setTimeout(async () => {
        try {
          await begun.inTurn(tell);
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
    async listen(account, hear, since) {
      const own = watches.get(account) ?? watch(account);
      let isPastTold = since === undefined;
      // Whoever is cut off before all of the past was told comes again from before it.
      const hearer: Hear = (...look) => isPastTold && hear(...look);
      own.hearers.add(hearer);
      try {
        await own.begun;
        if (since) {
          await own.inTurn(async () => {
            const lookedAt = new Date();
            hear(await movedSince(deps.recordOf(account), account, since), lookedAt);
            isPastTold = true;
          });
        }
      } catch (error) {
        leave(account, own, hearer);
        throw error;
      }
      return () => leave(account, own, hearer);
    },
  };
}

function createTurns(): Watch['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (read) => {
    const turn = last.then(read);
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function movedSince(db: Database, account: string, since: Date): Promise<DeliveryAnswer[]> {
  const from = new Date(Math.max(since.getTime(), Date.now() - AWAY_WITHIN_MS));
  const ids = (await newestAndOpen(db, account, from)).map(({ id }) => id);
  return (await read(db, account, ids)).filter((delivery) =>
    [
      delivery.createdAt,
      delivery.completedAt,
      ...delivery.attempts.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs),
    ].some((at) => at !== undefined && Number(new Date(at)) >= since.getTime()),
  );
}

/**
 * What has moved from look to look; the first tells nothing. Deliveries are known by their revisions, not by times, so one
 * that is committed late is seen when it is there, and none is told twice.
 */
function lookingAt(db: Database, account: string): () => Promise<DeliveryAnswer[]> {
  let before: { from: Date; known: Map<string, Standing> } | undefined;
  return async () => {
    const from = new Date(Date.now() - COMMITTED_WITHIN_MS);
    const seen = new Map((await newestAndOpen(db, account, from)).map((standing) => [standing.id, standing]));
    if (!before) {
      before = { from, known: seen };
      return [];
    }
    const { from: newFrom, known } = before;
    // Of those that are not known and old, others ended, so that they came in sight.
    const isNews = ({ id, revision, createdAt }: Standing) =>
      (known.get(id)?.revision ?? (createdAt < newFrom ? revision : -1)) !== revision;
    const moved = [...seen.values()].filter(isNews);
    // Those that have ended, and others that are not among the watched any more.
    const gone = [...known.values()].filter(({ id, isOpen }) => isOpen && !seen.has(id));
    const told = await read(
      db,
      account,
      [...moved, ...gone].map(({ id }) => id),
    );
    before = { from, known: seen };
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
