import { expect, test } from 'vitest';
import { fieldsOf } from '../../src/console/event-types/fields.ts';

test('a schema is read as its fields, with those within them', () => {
  const schema = {
    type: 'object',
    required: ['id', 'lines'],
    properties: {
      id: { type: 'string', description: 'Of the order.' },
      at: { type: 'string', format: 'date-time' },
      status: { enum: ['paid', 'open'] },
      amount: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      customer: { type: ['object', 'null'], required: ['email'], properties: { email: { type: 'string' } } },
      lines: { type: 'array', items: { type: 'object', properties: { sku: {} } } },
    },
  };
  expect(fieldsOf(schema)).toEqual([
    { path: 'id', type: 'string', required: true, description: 'Of the order.' },
    { path: 'at', type: 'string (date-time)', required: false },
    { path: 'status', type: 'one of "paid", "open"', required: false },
    { path: 'amount', type: 'integer or null', required: false },
    { path: 'customer', type: 'object or null', required: false },
    { path: 'customer.email', type: 'string', required: true },
    { path: 'lines', type: 'array of object', required: true },
    { path: 'lines[].sku', type: 'any', required: false },
  ]);
});

test.each([{}, { properties: 7 }, { properties: { a: true }, required: 'a' }])(
  'what is written oddly is no trouble: %j',
  (schema) => {
    expect(fieldsOf(schema).every(({ type }) => type === 'any')).toBe(true);
  },
);
