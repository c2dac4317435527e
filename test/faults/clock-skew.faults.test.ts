import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered, untilDeliveries } from './support/outcome.ts';
import { openStage, type StartOptions } from './support/stage.ts';
import { addEndpoint, sendPatiently, someEvents } from './support/traffic.ts';

const EVENTS = 10;
const MINUTE_MS = 60_000;
/** How far a time that is right may be from the receiver's, on a machine that is busy. */
const RIGHT_WITHIN_MS = 20_000;
/** Minutes. */
const CLOCKS = [20, -20];

const clockWrongBy = (minutes: number): StartOptions => ({
  preload: new URL('./support/skewed-clock.mjs', import.meta.url),
  settings: { FAULT_CLOCK_SKEW_MS: String(minutes * MINUTE_MS) },
});

const offBy = (time: string | number | undefined, right = Date.now()) =>
  Math.abs(new Date(time ?? 0).getTime() - right);

test.concurrent.for(CLOCKS)(
  'a clock that is %i minutes wrong: delivered once, in time, with times and signatures that are right',
  async (skew, context) => {
    const stage = await openStage(context);
    const { receiver, temporal } = stage;
    await stage.start();
    await stage.start('all', clockWrongBy(skew));
    const merchant = await openAccount(stage);
    const { id: endpointId, secret: before } = await addEndpoint(stage, merchant, '/hook', {
      retrySchedule: [3],
    });
    const { secret: after } = await merchant.rotate(endpointId, { overlapSeconds: 600 });
    receiver.script('/hook', ...Array.from({ length: EVENTS }, () => 500), 200);

    // Both processes find all of it in the outbox: a lease of one must hold for the other.
    temporal.cut();
    const accepted = await sendPatiently(stage, merchant, someEvents(EVENTS));
    temporal.mend();
    const since = performance.now();
    const figures = await expectAllDelivered(stage, merchant, accepted, { attempts: 2, since });
    expect(figures).toMatchObject({ duplicates: 0, interrupted: 0 });

    let furthestOffMs = 0;
    for (const { headers, body, receivedAt } of receiver.requests) {
      for (const secret of [before, after]) new Webhook(secret).verify(body.toString(), headers);
      furthestOffMs = Math.max(
        furthestOffMs,
        offBy(Number(headers['webhook-timestamp']) * 1000, receivedAt.getTime()),
      );
    }
    expect(furthestOffMs).toBeLessThan(RIGHT_WITHIN_MS);
    for (const { answer } of accepted) {
      const { attempts, createdAt } = await merchant.delivery(answer.deliveries[0]?.id ?? '');
      const [first = 0, second = 0] = attempts.map(({ startedAt }) => Date.parse(startedAt));
      expect(second - first).toBeGreaterThanOrEqual(3000);
      for (const time of [createdAt, ...attempts.map(({ startedAt }) => startedAt)])
        expect(offBy(time)).toBeLessThan(2 * MINUTE_MS);
    }
    figure(`clock wrong by ${skew} minutes`, { ...figures, furthestOffMs });
  },
);

test.concurrent.for(CLOCKS)(
  'a clock that is %i minutes wrong: an overlap ends, a time to come is kept, a sleeper wakes when it is told',
  async (skew, context) => {
    const stage = await openStage(context);
    const { receiver } = stage;
    await stage.start('all', clockWrongBy(skew));
    const merchant = await openAccount(stage);
    const { id: endpointId, secret: before } = await addEndpoint(stage, merchant, '/hook', {
      retrySchedule: [3600],
    });
    await merchant.rotate(endpointId, { overlapSeconds: 0 });
    receiver.script('/hook', 500, 200);

    const sleeper = await merchant.deliver('wakes.later', {});
    await merchant.until(sleeper, 'retrying', 30_000);
    const request = receiver.requests[0];
    expect(() => new Webhook(before).verify(String(request?.body), request?.headers ?? {})).toThrow();
    const inTenMinutes = Date.now() + 10 * MINUTE_MS;
    const tenMinutes = { deliverAt: new Date(inTenMinutes).toISOString() };
    const later = await merchant.deliver('due.later', {}, tenMinutes);
    await untilDeliveries(stage, 2, 'started_at is not null');
    expect(offBy((await merchant.delivery(later)).nextAttemptAt, inTenMinutes)).toBeLessThan(1000);

    await merchant.reschedule(sleeper, { nextAttemptAt: new Date(Date.now() + 3000).toISOString() });
    await merchant.until(sleeper, 'succeeded', 30_000);
    expect(receiver.requests).toHaveLength(2);
    expect(await merchant.delivery(later)).toMatchObject({ status: 'pending', attemptCount: 0 });
    await merchant.command(later, 'cancel');
  },
);
