import { expect, test } from 'vitest';
import { toldLog } from '../../src/api/recorded-log.ts';
import type { DeliveryChange, DeliveryRow } from '../../src/db/deliveries.ts';
import type { LogEntry } from '../../src/domain/story.ts';

const second = (s: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, s));
const at = (s: number) => second(s).toISOString();

const delivery: DeliveryRow = {
  id: 'dlv_1',
  event_id: 'evt_1',
  event_day: '2026-01-01',
  event_type: 'order.completed',
  endpoint_id: 'ep_1',
  status: 'succeeded',
  reason: null,
  attempt_count: 1,
  next_attempt_at: null,
  retry_schedule_s: null,
  created_at: second(0),
  completed_at: second(9),
  resend_of: null,
  waited_in_lane: false,
  let_go_at: null,
  crowded_at: null,
  waits_for: null,
  started_at: second(1),
  burst_id: 'burst_1',
  revision: 4,
  cursor_at: at(0),
};
const held: DeliveryChange = {
  at: second(1),
  actor: 'posthaste',
  action: 'delivery.held',
  target: 'dlv_1',
  details: { endpoint: 'paused' },
};
const resumed: DeliveryChange = {
  at: second(3),
  actor: 'operator',
  action: 'endpoint.resumed',
  target: 'ep_1',
  details: {},
};
const edited: DeliveryChange = { ...resumed, at: second(6), action: 'endpoint.updated' };

const heldEntry: LogEntry = { at: at(1), kind: 'held', because: 'paused' };
const resumedEntry: LogEntry = { at: at(3), kind: 'changed', change: 'endpoint_changed', by: 'operator' };
const busyEntry: LogEntry = { at: at(4), kind: 'held', because: 'busy' };
const ending: LogEntry[] = [
  { at: at(9), kind: 'attempt', number: 1, startedAt: at(5), durationMs: 4000, responseStatus: 200 },
  { at: at(9), kind: 'ended', status: 'succeeded' },
];

function log(told: LogEntry[], ...changes: DeliveryChange[]): LogEntry[] {
  return toldLog(told, { delivery, attempts: [], changes });
}

test('a delivery that was held in a burst, and went on in a workflow of its own after the resume, tells both', () => {
  expect(log(ending, held, resumed, edited)).toEqual([heldEntry, resumedEntry, ...ending]);
  expect(log([busyEntry, ...ending], held, resumed, edited)).toEqual([
    heldEntry,
    resumedEntry,
    busyEntry,
    ...ending,
  ]);
  expect(log([], held)).toEqual([heldEntry]);
});

test("it was let through before its workflow began, whatever the workflow's clock says", () => {
  const early: LogEntry = { ...busyEntry, at: at(2) };
  expect(log([early, ...ending], held, resumed, edited)).toEqual([heldEntry, early, resumedEntry, ...ending]);
});

test('a resume that its workflow heard of as it began is told once, with the time at which it was made', () => {
  const heard: LogEntry = { ...resumedEntry, at: at(8) };
  expect(log([heard, ...ending], held, resumed)).toEqual([heldEntry, resumedEntry, ...ending]);
  expect(log([heard], held, resumed)).toEqual([heldEntry, resumedEntry]);
  const editedEntry: LogEntry = { ...resumedEntry, at: at(6) };
  const whole = [heldEntry, resumedEntry, editedEntry, ...ending];
  expect(log([heard, ...ending], held, resumed, edited)).toEqual(whole);
  const byNobody: LogEntry = { ...heard, by: 'temporal' };
  expect(log([byNobody, ...ending], held, resumed)).toContain(byNobody);
});

test('what the workflow knows of being held is not told twice', () => {
  const whole = [heldEntry, resumedEntry, ...ending];
  expect(log(whole, held, resumed, edited)).toEqual(whole);
});

test.each(['operator', 'temporal:ann'])('a cancel by %s before its workflow began is told once', (actor) => {
  const cancelled: DeliveryChange = {
    at: second(2),
    actor,
    action: 'delivery.cancelled',
    target: 'dlv_1',
    details: {},
  };
  const end: LogEntry = { at: at(3), kind: 'ended', status: 'cancelled' };
  expect(log([end], held, cancelled)).toEqual([
    heldEntry,
    { at: at(2), kind: 'changed', change: 'cancel', by: actor },
    end,
  ]);
});
