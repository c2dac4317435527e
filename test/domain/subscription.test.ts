import { expect, test } from 'vitest';
import {
  EVENT_TYPE,
  patternsMatching,
  SUBSCRIPTION_PATTERN,
  subscribes,
} from '../../src/domain/subscription.ts';

test.each([
  ['order.completed', ['order.completed'], true],
  ['order.completed', ['order.*'], true],
  ['order.completed', ['*'], true],
  ['order.completed', ['order_*'], false],
  ['order.completed', ['order.complete'], false],
  ['order.completed', ['order'], false],
  ['orders.completed', ['order.*'], false],
  ['order_payment_succeeded', ['order_*'], true],
  ['order_payment_succeeded', ['order_payment_*'], true],
  ['a.b.c', ['a.*'], true],
  ['a.b.c', ['a.b.*'], true],
  ['a.b.c', ['b.*'], false],
  ['order', ['order.*'], false],
  ['x', [], false],
  ['endpoint.failing', ['*'], false],
  ['endpoint.failing', ['endpoint.*'], true],
  ['endpoint.failing', ['endpoint.failing'], true],
  ['delivery.exhausted', ['endpoint.*'], false],
  // Free types, however much they look like operational ones.
  ['endpoint.moved', ['*'], true],
  ['delivery.exhausted_', ['*'], true],
])('%s to %j: %s', (type, patterns, expected) => {
  expect(subscribes(patterns, type)).toBe(expected);
});

test('the patterns of a type are all and only those that match it', () => {
  expect(patternsMatching('order.line_added')).toEqual(['*', 'order.*', 'order.line_*', 'order.line_added']);
});

test.each(['*', 'order.*', 'order_*', 'a-*', 'order.completed', 'A.b_c-9'])('%s is a pattern', (pattern) => {
  expect(pattern).toMatch(SUBSCRIPTION_PATTERN);
});

test.each(['', '**', 'order*', '*.completed', 'order.*.x', 'order completed', 'é', 'a'.repeat(129)])(
  '%j is no pattern',
  (pattern) => {
    expect(pattern).not.toMatch(SUBSCRIPTION_PATTERN);
  },
);

test.each([
  ['a', true],
  ['a'.repeat(128), true],
  ['a'.repeat(129), false],
  ['a b', false],
  ['a/b', false],
  ['', false],
  ['a\n', false],
])('the type %j is well-formed: %s', (type, expected) => {
  expect(EVENT_TYPE.test(type)).toBe(expected);
});
