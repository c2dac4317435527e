import pg from 'pg';
import { createPool } from '../../src/db/pool.ts';
import { historyOf } from '../support/history.ts';
import { answer, type Step } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import type { Life, Stage } from './lives.ts';

/** Every way in which a burst lives and ends, by the name of its history. The product carries all in bursts. */
export const BURST_LIVES: Record<string, Life> = {
  'burst-all-settled': async (stage) => burstOf(stage, await together(stage, [200, 404, 410])),

  'burst-some-handed-over': async (stage) => burstOf(stage, await together(stage, [200, 500, 503, 404])),

  // Longer than a workflow task may take without a sign of life.
  'burst-of-slow-endpoints': async (stage) =>
    burstOf(
      stage,
      await together(stage, [answer(200, { delayMs: 9000 }), answer(500, { delayMs: 9000 }), answer(200)]),
    ),

  'burst-with-unrecorded-outcomes': (stage) =>
    madeApart(stage, { on: 'attempts', when: 'new.finished_at is not null' }),

  'burst-made-apart-after-a-fault-of-ours': (stage) =>
    madeApart(stage, { on: 'deliveries', when: 'old.started_at is not null and new.started_at is null' }),
};

/**
 * A burst for which the database refuses to make some changes, until what asks for them has become an activity of its
 * own.
 */
async function madeApart(stage: Stage, refused: { on: string; when: string }): Promise<string> {
  const { posthaste, merchant } = stage;
  const owner = new pg.Pool({ connectionString: posthaste.databaseUrl });
  try {
    await owner.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
      create trigger refuse before update on ${refused.on} for each row
        when (new.account_id = '${merchant.id}' and ${refused.when}) execute function refuse()`);
    const burst = await burstOf(stage, await together(stage, [200, 500, 404]));
    await waitUntil(
      () => historyOf(posthaste.client, burst),
      (events) =>
        events.some(({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes),
      60_000,
    );
    await owner.query('drop function refuse() cascade');
    return burst;
  } finally {
    await owner.end();
  }
}

/** Sends one event to endpoints that answer so. @returns its deliveries, which one burst carries */
async function together({ merchant, receiver }: Stage, steps: (number | Step)[]): Promise<string[]> {
  for (const [n, step] of steps.entries()) {
    const path = `/${merchant.id}/${n}`;
    receiver.script(path, step);
    await merchant.endpoint({ url: receiver.url(path) });
  }
  const { deliveries } = await merchant.send('order.completed');
  return deliveries.map(({ id }) => id);
}

/** The workflow id of the burst that carries all of these deliveries. */
async function burstOf({ posthaste }: Stage, ids: readonly string[]): Promise<string> {
  const pool = createPool(posthaste.databaseUrl, () => undefined);
  try {
    const bursts = await waitUntil(
      async () => {
        const { rows } = await pool.query<{ burst_id: string }>(
          'select burst_id from deliveries where id = any($1) and burst_id is not null',
          [ids],
        );
        return rows.map((row) => row.burst_id);
      },
      (found) => found.length === ids.length,
    );
    const [burst = '', ...others] = new Set(bursts);
    if (others.length > 0)
      throw new Error(`${bursts.length} deliveries went out in ${others.length + 1} bursts`);
    return burst;
  } finally {
    await pool.end();
  }
}
