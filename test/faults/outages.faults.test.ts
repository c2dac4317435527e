import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { gate } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered, untilDeliveries } from './support/outcome.ts';
import { openStage, type Stage } from './support/stage.ts';
import { addEndpoint, holdPosts, openShop, sendPatiently, someEvents } from './support/traffic.ts';

const OUTAGE_MS = 60_000;
const EVENTS = 10;

/** Broken connections, or a network that carries nothing more and says so to nobody. */
const WAYS = ['cut', 'hush'] as const;

async function ready({ api }: Stage): Promise<{ status: number; away: string[] }> {
  const { status, body } = await api.call<{ checks: Record<string, { ok: boolean }> }>('GET', '/readyz');
  return { status, away: Object.keys(body.checks).filter((part) => !body.checks[part]?.ok) };
}

const untilReady = (stage: Stage) =>
  waitUntil(
    () => ready(stage),
    ({ status }) => status === 200,
    60_000,
  );

test.concurrent.for(WAYS)(
  'PostgreSQL is away for a minute (%s), before some POSTs and after others',
  async (way, context) => {
    const stage = await openStage(context);
    const { postgres, receiver, api } = stage;
    await stage.start();
    const merchant = await openAccount(stage);
    await addEndpoint(stage, merchant, '/before', { events: ['due.during'] });
    await addEndpoint(stage, merchant, '/after', { events: ['answered.during'] });
    const held = gate();
    receiver.script('/after', held.step);

    const dueAt = Date.now() + OUTAGE_MS / 2;
    const due = await sendPatiently(
      stage,
      merchant,
      someEvents(EVENTS, { event: 'due.during', deliverAt: new Date(dueAt).toISOString() }),
    );
    const answered = await sendPatiently(stage, merchant, someEvents(EVENTS, { event: 'answered.during' }));
    await receiver.waitFor(EVENTS, 30_000);
    await untilDeliveries(stage, 2 * EVENTS, 'started_at is not null');
    expect(Date.now()).toBeLessThan(dueAt);
    postgres[way]();
    const over = delay(OUTAGE_MS);
    held.open();

    expect(
      await waitUntil(
        () => ready(stage),
        ({ status }) => status === 503,
      ),
    ).toMatchObject({ away: ['database'] });
    expect((await api.call('GET', '/healthz')).status).toBe(200);
    const refused = await api.call<{ code: string }>(
      'POST',
      `/v1/accounts/${merchant.id}/events`,
      someEvents(1)[0],
    );
    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await over;
    expect(receiver.requests).toHaveLength(EVENTS);
    postgres.mend();

    const since = performance.now();
    await untilReady(stage);
    const figures = await expectAllDelivered(stage, merchant, [...due, ...answered], { since });
    figure(`PostgreSQL away (${way})`, { ...figures, outageMs: OUTAGE_MS });
  },
);

test.concurrent.for(WAYS)('Temporal is away while events are taken in (%s)', async (way, context) => {
  const stage = await openStage(context);
  const { temporal, receiver } = stage;
  await stage.start();
  const merchant = await openShop(stage);
  await untilReady(stage);
  temporal[way]();
  const cutAt = performance.now();
  const accepted = await sendPatiently(stage, merchant, someEvents(4 * EVENTS));
  const acceptedInMs = Math.round(performance.now() - cutAt);
  expect(acceptedInMs).toBeLessThan(5000);
  expect(
    await waitUntil(
      () => ready(stage),
      ({ status }) => status === 503,
    ),
  ).toMatchObject({ away: ['temporal'] });
  // Longer than a call to it may take, than a lease on the outbox lasts, and than a few sweeps.
  await delay(OUTAGE_MS / 2);
  expect(receiver.requests).toHaveLength(0);
  temporal.mend();

  const since = performance.now();
  await untilReady(stage);
  const figures = await expectAllDelivered(stage, merchant, accepted, { since });
  figure(`Temporal away (${way})`, { ...figures, acceptedInMs, outageMs: Math.round(since - cutAt) });
});

test.concurrent.for([
  ['cut', 'on'],
  ['cut', 'always'],
  ['hush', 'on'],
] as const)(
  'PostgreSQL and Temporal are away at once after POSTs (%s, bursts %s)',
  async ([way, bursts], context) => {
    const stage = await openStage(context, { bursts });
    const { postgres, temporal } = stage;
    await stage.start();
    const merchant = await openShop(stage);
    const { held, accepted } = await holdPosts(stage, merchant, EVENTS, 30_000);
    postgres[way]();
    temporal[way]();
    const cutAt = performance.now();
    held.open();
    // Longer than an attempt tries to write its outcome down, and than a workflow task may take that is to hear of it.
    await delay(OUTAGE_MS / 2);
    postgres.mend();
    temporal.mend();

    const since = performance.now();
    await untilReady(stage);
    const figures = await expectAllDelivered(stage, merchant, accepted, { since });
    expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });
    figure(`PostgreSQL and Temporal away (${way}, bursts ${bursts})`, {
      ...figures,
      outageMs: Math.round(since - cutAt),
    });
  },
);
