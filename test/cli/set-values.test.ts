import { expect, test } from 'vitest';
import { CommandError } from '../../src/cli/exit-codes.ts';
import { withValuesSet } from '../../src/cli/set-values.ts';

const event = { event: 'order.completed', data: { amount: 1, buyer: { name: 'Ann' }, items: [{ id: 'a' }] } };
const set = (...settings: string[]) => withValuesSet(event, settings) as { data: Record<string, unknown> };

test('a value is JSON where it is valid JSON, else text', () => {
  const { data } = set(
    'data.amount=4200',
    'data.note=a=b',
    'data.zip="01234"',
    'data.paid=true',
    'data.none=',
  );
  expect(data).toMatchObject({ amount: 4200, note: 'a=b', zip: '01234', paid: true, none: '' });
});

test('a path goes into objects and lists, and makes what is not there', () => {
  expect(set('data.buyer.name=Bob').data.buyer).toEqual({ name: 'Bob' });
  expect(set('data.items[0].id=b', 'data.items.1={"id":"c"}').data.items).toEqual([{ id: 'b' }, { id: 'c' }]);
  expect(set('data.a.b.c=1').data.a).toEqual({ b: { c: 1 } });
  expect(set('data.a\\.b=1').data['a.b']).toBe(1);
  expect(set('id=evt_1')).toMatchObject({ id: 'evt_1', event: 'order.completed' });
});

test('what is set leaves the sample and every prototype as they were', () => {
  set('data.amount=5', 'data.__proto__.polluted=yes');
  expect(event.data.amount).toBe(1);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(Object.keys(set('data.__proto__=1').data)).toContain('__proto__');
});

test.each([
  ['no value', 'data.amount'],
  ['no path', '=1'],
  ['another place', 'amount=1'],
  ['an empty name', 'data..x=1'],
  ['an end without a name', 'data.=1'],
  ['something within a number', 'data.amount.x=1'],
  ['a gap in a list', 'data.items.5=1'],
  ['a name in a list', 'data.items.x=1'],
  ['a number too large to be exact', 'data.amount=12345678901234567890'],
])('%s is refused: %s', (_, setting) => {
  expect(() => set(setting)).toThrow(CommandError);
});
