import type pg from 'pg';
import { expect, test } from 'vitest';
import { gate } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered } from './support/outcome.ts';
import { openStage, type Stage } from './support/stage.ts';
import { type Accepted, openShop, sendPatiently, someEvents } from './support/traffic.ts';

const EVENTS = 20;
/** SQLSTATE of a row that went to another partition while it was waited for. */
const MOVED_MEANWHILE = '40001';

/** What the product was doing when another transaction locked the same rows in the other order. */
const LOCKED_DURING = ['claim', 'record'] as const;

test.concurrent.for(LOCKED_DURING)(
  'a deadlock during the %s costs neither a delivery nor a second POST',
  async (statement, context) => {
    const stage = await openStage(context);
    const { database } = stage;
    // Time enough to close the circle before the product looks for one.
    const { rows } = await database.query<{ name: string }>('select current_database() as name');
    await database.query(`alter database ${rows[0]?.name} set deadlock_timeout = '5s'`);
    await stage.start();
    const merchant = await openShop(stage);
    const accepted: Accepted[] = [];
    // The locked row may be the first that the product wants: then it holds none, and that was no circle.
    for (let wave = 0, closed = false; !closed; wave++) {
      expect(wave).toBeLessThan(5);
      const sent = someEvents(EVENTS, { event: `deadlock.wave${wave}` });
      closed = await closeCircle(stage, statement, async () => {
        const batch = await sendPatiently(stage, merchant, sent);
        accepted.push(...batch);
        return batch.flatMap(({ answer }) => answer.deliveries.map(({ id }) => id)).sort();
      });
    }

    const since = performance.now();
    const figures = await expectAllDelivered(stage, merchant, accepted, { since });
    expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
    const deadlocks = await waitUntil(() => deadlocksIn(stage), Boolean, 30_000);
    figure(`deadlock during the ${statement}`, { ...figures, deadlocks });
  },
);

/**
 * Locks one of the rows that a statement of the product is about to lock and, when it waits for that one and holds
 * others, wants those: one of the two must give up. Answers whether it came to that.
 */
async function closeCircle(
  { database, temporal, receiver }: Stage,
  statement: 'claim' | 'record',
  send: () => Promise<string[]>,
): Promise<boolean> {
  const held = gate();
  receiver.script('/hook', statement === 'record' ? held.step : 200);
  const posted = receiver.requests.length;
  if (statement === 'claim') temporal.cut();
  const ids = await send();
  if (statement === 'record') await receiver.waitFor(posted + ids.length, 20_000);

  const other = await database.connect();
  const lock = (rows: string[]) =>
    other.query('select from deliveries where id = any($1) order by id for no key update', [rows]);
  await other.query('begin');
  // It does not look for circles: so the product's statement is the one that is given up.
  await other.query(`set local deadlock_timeout = '1min'`);
  await lock(ids.slice(-1));
  if (statement === 'claim') temporal.mend();
  else held.open();
  const closed =
    (await waitUntil(() => waitsAndHolds(database, ids), Boolean, 20_000).catch(() => false)) &&
    (await lock(ids).then(
      () => true,
      (error: { code?: string }) => {
        // Some had been claimed apart from the others, and were over by then: this may have been no circle.
        if (error.code !== MOVED_MEANWHILE) throw error;
        return false;
      },
    ));
  await other.query('rollback');
  other.release();
  return closed;
}

/** Whether the product waits for a row, and has locked others than the one that it waits for. */
async function waitsAndHolds(database: pg.Pool, ids: string[]): Promise<boolean> {
  const waiting = await database.query(
    `select from pg_stat_activity
     where datname = current_database() and application_name = 'posthaste' and wait_event_type = 'Lock'`,
  );
  const free = await database.query(
    'select from deliveries where id = any($1) for no key update skip locked',
    [ids],
  );
  return waiting.rowCount !== 0 && (free.rowCount ?? 0) < ids.length - 1;
}

async function deadlocksIn({ database }: Stage): Promise<number> {
  const { rows } = await database.query<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.deadlocks);
}
