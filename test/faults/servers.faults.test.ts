import { expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { answer, gate } from '../support/steps.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered, untilDeliveries } from './support/outcome.ts';
import { ownPostgres, ownTemporal } from './support/own-servers.ts';
import { openStage } from './support/stage.ts';
import { addEndpoint, holdPosts, openShop, sendPatiently, someEvents } from './support/traffic.ts';

const EVENTS = 20;

test('PostgreSQL is killed during POSTs: what it had answered is there when it is back, and nothing is sent twice', async (context) => {
  const server = await ownPostgres(context, { durable: true });
  const stage = await openStage(context, { databaseUrl: server.databaseUrl });
  await stage.start();
  const merchant = await openShop(stage);
  const { held, accepted } = await holdPosts(stage, merchant, EVENTS);

  await server.kill();
  const killedAt = performance.now();
  held.open();
  const meanwhile = sendPatiently(stage, merchant, someEvents(EVENTS, { event: 'sent.meanwhile' }));
  await server.revive();
  const since = performance.now();
  const figures = await expectAllDelivered(stage, merchant, [...accepted, ...(await meanwhile)], { since });
  expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
  figure('PostgreSQL killed', { ...figures, outageMs: Math.round(since - killedAt) });
});

test('Temporal is killed during POSTs and sleeps: both go on when it is back, and nothing is sent twice', async (context) => {
  const server = await ownTemporal(context);
  const stage = await openStage(context, { temporal: server.address });
  const { receiver } = stage;
  await stage.start();
  const merchant = await openAccount(stage);
  await addEndpoint(stage, merchant, '/sleepy', { events: ['falls.asleep'], retrySchedule: [5] });
  await addEndpoint(stage, merchant, '/posted', { events: ['being.posted'] });
  const held = gate();
  receiver.script('/sleepy', ...Array.from({ length: EVENTS }, () => 500), answer(200));
  receiver.script('/posted', held.step);
  const asleep = await sendPatiently(stage, merchant, someEvents(EVENTS, { event: 'falls.asleep' }));
  await untilDeliveries(stage, EVENTS, `status = 'retrying'`);
  const posted = await sendPatiently(stage, merchant, someEvents(EVENTS, { event: 'being.posted' }));
  await receiver.waitFor(2 * EVENTS, 60_000);

  await server.kill();
  const killedAt = performance.now();
  held.open();
  const meanwhile = await sendPatiently(
    stage,
    merchant,
    someEvents(EVENTS / 2, { event: 'being.posted' }).map((event) => ({ ...event, id: `late-${event.id}` })),
  );
  await untilDeliveries(stage, EVENTS, `status = 'succeeded'`);
  await server.revive();
  const since = performance.now();
  const slept = await expectAllDelivered(stage, merchant, asleep, { attempts: 2, since });
  const others = await expectAllDelivered(stage, merchant, [...posted, ...meanwhile], { since });
  for (const figures of [slept, others]) expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
  figure('Temporal killed', { ...others, slept: EVENTS, outageMs: Math.round(since - killedAt) });
});
