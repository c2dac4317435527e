import { expect, test } from 'vitest';
import type { Merchant } from '../support/merchant.ts';
import { answer, type Step } from '../support/steps.ts';
import type { Child } from './support/child.ts';
import { type Figures, figure } from './support/figures.ts';
import { expectAllDelivered, postsOf, untilInTemporal } from './support/outcome.ts';
import { openStage, type Stage } from './support/stage.ts';
import { openShop, sendPatiently, someEvents } from './support/traffic.ts';

/** What was begun is waited for so long, and 15 s more, before it is repeated. */
const TIMEOUT_MS = 15_000;

const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);

/** How the first attempts of all deliveries stand, by their delivery: `waiting` for their turn, `posting` or `finished`. */
async function standing({ database }: Stage): Promise<Map<string, string>> {
  const { rows } = await database.query<{ id: string; stands: string }>(
    `select d.id, case when t.delivery_id is null then 'waiting' when t.finished_at is null then 'posting'
       else 'finished' end as stands
     from deliveries d left join attempts t on t.delivery_id = d.id`,
  );
  return new Map(rows.map(({ id, stands }) => [id, stands]));
}

test.concurrent('killed in the middle of a burst: what is finished is not repeated, and what waits for its turn goes out', async (context) => {
  const events = 100;
  const atOnce = 16;
  const stage = await openStage(context, { bursts: 'always' });
  const { receiver } = stage;
  await stage.start('api');
  const merchant = await openShop(stage, { maxConcurrency: atOnce, timeoutMs: TIMEOUT_MS });
  const accepted = await sendPatiently(stage, merchant, someEvents(events));
  // All of them wait in bursts, so that those that it does not come to are there, however slowly it goes.
  await untilInTemporal(stage, events);
  let worker: Child | undefined;
  const quick = answer(200, { delayMs: 20 });
  receiver.script(
    '/hook',
    ...times(40, quick),
    ...times(atOnce - 1, answer(200, { delayMs: 500 })),
    () => worker?.kill(),
    quick,
  );
  worker = await stage.start('worker');
  await worker.ended;
  const stood = await standing(stage);
  const standingSo = (how: string) => [...stood].filter(([, stands]) => stands === how).map(([id]) => id);
  const [finished, posting] = [standingSo('finished'), standingSo('posting')];
  expect(finished.length).toBeGreaterThan(10);
  expect(posting.length).toBeGreaterThan(0);
  expect(posting.length).toBeLessThanOrEqual(atOnce);
  expect(standingSo('waiting').length).toBeGreaterThan(10);

  const since = performance.now();
  await stage.start('worker');
  const figures = await expectAllDelivered(stage, merchant, accepted, { kills: 1, since });
  for (const id of finished) expect(postsOf(stage, id)).toHaveLength(1);
  const repeated = [...stood.keys()].filter((id) => postsOf(stage, id).length > 1);
  expect(posting).toEqual(expect.arrayContaining(repeated));
  figure('killed in the middle of a burst', {
    ...figures,
    finished: finished.length,
    waited: standingSo('waiting').length,
  });
});

test.concurrent('two processes share a flood, one of them is killed: nothing is lost, and nothing repeated that it had not under way', async (context) => {
  const events = 250;
  const stage = await openStage(context);
  const { receiver, database } = stage;
  const [one, other] = [await stage.start(), await stage.start()];
  const shops = [
    await openShop(stage, { timeoutMs: TIMEOUT_MS }),
    await openShop(stage, { timeoutMs: TIMEOUT_MS }),
  ];
  receiver.script('/hook', answer(200, { delayMs: 100 }));
  const sending = shops.map((merchant, n) =>
    sendPatiently(stage, merchant, someEvents(events), n === 0 ? one : other),
  );
  await receiver.waitFor(150, 90_000);
  one.kill();
  await one.ended;
  const since = performance.now();
  const { rows } = await database.query<{ id: string }>(
    'select delivery_id as id from attempts where finished_at is null',
  );
  const underWay = rows.map(({ id }) => id);

  const accepted = await Promise.all(sending);
  const [figures, others] = [
    await expectAllDelivered(stage, shops[0] as Merchant, accepted[0] ?? [], { kills: 1, since }),
    await expectAllDelivered(stage, shops[1] as Merchant, accepted[1] ?? [], { kills: 1, since }),
  ];
  const ids = accepted.flat().flatMap(({ answer }) => answer.deliveries.map(({ id }) => id));
  const repeated = ids.filter((id) => postsOf(stage, id).length > 1);
  expect(underWay).toEqual(expect.arrayContaining(repeated));
  const sum = (name: keyof Figures) => (figures[name] ?? 0) + (others[name] ?? 0);
  figure('two processes share a flood, one killed', {
    ...figures,
    events: sum('events'),
    posts: sum('posts'),
    duplicates: sum('duplicates'),
    interrupted: sum('interrupted'),
    workflows: sum('workflows'),
    recoveredMs: Math.max(figures.recoveredMs ?? 0, others.recoveredMs ?? 0),
  });
});
