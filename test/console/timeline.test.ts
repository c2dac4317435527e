import { expect, test } from 'vitest';
import type { Delivery, DeliveryLog, Endpoint } from '../../src/console/api/types.ts';
import { standingText } from '../../src/console/deliveries/standing.ts';
import { timelineOf } from '../../src/console/deliveries/timeline.ts';

const NOW = new Date('2026-01-31T12:00:00.000Z');
const at = (second: number) => new Date(NOW.getTime() + second * 1000).toISOString();

const attempt = (number: number, fields: Partial<Delivery['attempts'][number]> = {}) => ({
  number,
  startedAt: at(number * 10 - 1000),
  durationMs: 20,
  responseStatus: 503,
  error: 'server_error',
  ...fields,
});

/** Without an answer. */
const silent = (number: number, error: string) => {
  const { responseStatus: _, ...rest } = attempt(number, { error });
  return rest;
};

const delivery = (fields: Partial<Delivery>): Delivery => ({
  id: 'dlv_1',
  eventId: 'evt_1',
  event: 'order.completed',
  endpointId: 'ep_1',
  status: 'pending',
  attemptCount: fields.attempts?.length ?? 0,
  createdAt: at(-1000),
  workflowId: 'dlv_1',
  attempts: [],
  ...fields,
});

const log = (...entries: DeliveryLog['entries']): DeliveryLog => ({ source: 'workflow', entries });

const said = (fields: Partial<Delivery>, known: { log?: DeliveryLog; endpoint?: Partial<Endpoint> } = {}) =>
  standingText({
    delivery: delivery(fields),
    log: known.log,
    endpoint: known.endpoint as Endpoint | undefined,
    now: NOW,
  });

const failed = (reason: NonNullable<Delivery['reason']>, ...attempts: Delivery['attempts']) =>
  said({ status: 'failed', reason, attempts });

test.each([
  [failed('rejected', attempt(1, { responseStatus: 404, error: 'rejected' })), 'Ended: 404 is not retried.'],
  [failed('gone', attempt(1, { responseStatus: 410, error: 'rejected' })), /^Ended: it answered 410 Gone/],
  [failed('exhausted', attempt(1), attempt(2)), 'Ended: all 2 attempts failed. Answered 503 twice.'],
  [
    failed('exhausted', attempt(1)),
    'Ended: its only attempt failed (Answered 503), and no retry is planned.',
  ],
  [failed('blocked', attempt(1, { error: 'blocked' })), /may not reach\.$/],
  [failed('endpoint_deleted'), 'Ended: its endpoint was deleted.'],
  [failed('secret_unreadable'), /secret cannot be read/],
  [failed('payload_expunged'), /payload of its event was dropped/],
])('why it ended: %s', (text, expected) => {
  expect(text).toMatch(expected);
});

test.each([
  [said({ nextAttemptAt: at(1680) }), /^Its first attempt is in 28 min \(\d\d:28\)\.$/],
  [
    said({ status: 'retrying', attempts: [attempt(1), attempt(2)], nextAttemptAt: at(1680) }),
    /^Answered 503 twice; tries again in 28 min \(\d\d:28\)\.$/,
  ],
  [
    said({
      status: 'retrying',
      attempts: [attempt(1), silent(2, 'timeout')],
      nextAttemptAt: at(-5),
    }),
    'Failed twice; at last timed out; tries again now.',
  ],
  [said({ status: 'held' }, { endpoint: { status: 'paused' } }), /^Waits because the endpoint is paused\./],
  [said({ status: 'held' }, { endpoint: { status: 'disabled' } }), /disabled\. .* enabled\.$/],
  [said({ waitsFor: 'dlv_0' }), /^Waits for its turn: the delivery before it/],
  [said({}), 'Attempt 1 begins in a moment.'],
  [
    said({}, { log: log({ kind: 'held', at: at(-9), because: 'busy' }) }),
    /^Waits for its turn: the endpoint gets as many/,
  ],
  [said({ status: 'delivering', attempts: [attempt(1)] }), 'Answered 503. Attempt 2 is under way.'],
  [
    said({
      status: 'delivering',
      attempts: [silent(1, 'interrupted')],
    }),
    'Interrupted. Attempt 1 is under way.',
  ],
  [
    said(
      { status: 'cancelled', attempts: [attempt(1)] },
      { log: log({ kind: 'changed', at: at(-9), change: 'terminate', by: 'temporal:jo' }) },
    ),
    'Cancelled by jo in Temporal, after 1 attempt.',
  ],
])('what happens now: %s', (text, expected) => {
  expect(text).toMatch(expected);
});

test('a wait ends with the attempt after it, and what is planned follows the schedule', () => {
  const first = attempt(1);
  const marks = timelineOf(
    delivery({ status: 'retrying', attempts: [first, attempt(2)], nextAttemptAt: at(60) }),
    log(
      { kind: 'attempt', at: at(-990), ...first },
      { kind: 'wait', at: at(-990), until: at(-980), because: 'retry_schedule' },
      { kind: 'attempt', at: at(-980), ...attempt(2) },
      { kind: 'wait', at: at(-980), until: at(-1), because: 'retry_schedule' },
      { kind: 'changed', at: at(-10), change: 'reschedule', by: 'operator' },
      { kind: 'wait', at: at(-10), until: at(60), because: 'rescheduled' },
    ),
    [10, 20, 30, 40],
  );
  expect(marks.map(({ kind }) => kind)).toEqual([
    ...['made', 'attempt', 'wait', 'attempt', 'wait', 'changed', 'wait'],
    ...['planned', 'planned', 'planned'],
  ]);
  expect(marks.flatMap((mark) => (mark.kind === 'wait' ? [mark.endedAt] : []))).toEqual([
    attempt(2).startedAt,
    at(-10),
    undefined,
  ]);
  expect(marks.slice(-3)).toMatchObject([
    { number: 3, at: at(60), isLast: false },
    { number: 4, at: at(90), afterS: 30, isLast: false },
    { number: 5, at: at(130), afterS: 40, isLast: true },
  ]);
});

test('attempts that the log does not tell of yet are there, with their answers', () => {
  const marks = timelineOf(
    delivery({ status: 'succeeded', completedAt: at(0), attempts: [attempt(1, { responseBody: 'kept' })] }),
    undefined,
    [10],
  );
  expect(marks).toMatchObject([
    { kind: 'made' },
    { kind: 'attempt', attempt: { responseBody: 'kept' } },
    { kind: 'ended', status: 'succeeded' },
  ]);
});
