import { describe, expect, it } from 'vitest';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { validateCatalogueData } from '../../src/profiles/validate-data.ts';

function pointers(type: string, data: unknown, base?: string) {
  return validateCatalogueData(type, data, base).map(({ pointer }) => pointer);
}

describe('the data of a catalogue type', () => {
  it('has nothing wrong with it when it is the sample', () => {
    expect(validateCatalogueData('order.completed', sampleOf('order.completed'))).toEqual([]);
  });

  it('is not checked for a free type', () => {
    expect(validateCatalogueData('invoice.paid', 7)).toEqual([]);
  });

  it('is told which required field is missing', () => {
    expect(validateCatalogueData('order.completed', {})).toEqual([
      { pointer: '/data/order_id', detail: 'Required. Must be a non-empty string.' },
    ]);
    expect(pointers('order.created', {})).toEqual([
      '/data/order_id',
      '/data/customer_email',
      '/data/amount',
      '/data/currency',
    ]);
    expect(validateCatalogueData('order_completed', { id: undefined })).toMatchObject([
      { pointer: '/data/id' },
    ]);
  });

  it('is told which field has another type, however deep', () => {
    const data = { order_id: 'ord_1', products: [{ name: 'A', price: 1 }, { name: 'B', price: '1.00' }, 3] };
    expect(validateCatalogueData('order.completed', data)).toEqual([
      {
        pointer: '/data/products/1/price',
        detail: 'Must be an integer in minor units, for example 19700 for 197.00.',
      },
      { pointer: '/data/products/2', detail: 'Must be an object.' },
    ]);
  });

  it.each([
    ['order.completed', { order_id: '' }, '/data/order_id'],
    ['order.completed', { order_id: 12 }, '/data/order_id'],
    ['order.completed', { order_id: null }, '/data/order_id'],
    ['order.completed', { order_id: 'o', amount: 197.5 }, '/data/amount'],
    ['order.completed', { order_id: 'o', customer_email: 'nobody' }, '/data/customer_email'],
    ['order.completed', { order_id: 'o', currency: '$' }, '/data/currency'],
    ['order.completed', { order_id: 'o', products: {} }, '/data/products'],
    ['contact.updated', { contact_id: 'c', changes: [] }, '/data/changes'],
    ['contact.deleted', { contact_id: 'c', deleted_at: '2024-02-30T10:00:00Z' }, '/data/deleted_at'],
    ['contact.deleted', { contact_id: 'c', deleted_at: '2024-11-15T10:00Z' }, '/data/deleted_at'],
    ['contact.deleted', { contact_id: 'c', deleted_at: '2024-11-15T10:00:00' }, '/data/deleted_at'],
    ['contact.deleted', { contact_id: 'c', deleted_at: 1731664800 }, '/data/deleted_at'],
    ['order_completed', { id: 1.5 }, '/data/id'],
    ['order_completed', { id: '' }, '/data/id'],
    ['order_completed', { id: {} }, '/data/id'],
    ['product_variant_soldout', { id: 1 }, '/data/product_id'],
  ])('%s %j is refused at %s', (type, data, pointer) => {
    expect(pointers(type, data)).toEqual([pointer]);
  });

  it.each([
    ['order_completed', { id: 42 }],
    ['order_completed', { id: '42', total: null, note: 'hi' }],
    ['contact.deleted', { contact_id: 'c', deleted_at: '2024-11-15T12:00:00.123456+02:00' }],
    ['contact.created', { contact_id: 'c', email: 'zoë@exämple.com' }],
    ['order.refunded', { order_id: 'o', refund_amount: 0 }],
    ['contact.created', JSON.parse('{"contact_id":"c","email":"a@b","__proto__":{"x":1},"constructor":1}')],
  ])('%s %j is accepted', (type, data) => {
    expect(validateCatalogueData(type, data)).toEqual([]);
  });

  it.each([[null], [[]], ['text'], [7], [undefined]])('must be an object, not %j', (data) => {
    expect(validateCatalogueData('order.completed', data)).toEqual([
      { pointer: '/data', detail: 'Must be an object.' },
    ]);
  });

  it('is pointed at from where it stands in a batch', () => {
    expect(pointers('order.completed', {}, '/events/3/data')).toEqual(['/events/3/data/order_id']);
  });

  it('is never changed', () => {
    const data = { order_id: 'o', extra: { b: 1, a: 2 }, amount: 1 };
    const before = JSON.stringify(data);
    validateCatalogueData('order.completed', Object.freeze(data));
    expect(JSON.stringify(data)).toBe(before);
  });

  it('lists at most 50 errors', () => {
    expect(pointers('order.completed', { order_id: 'o', products: Array(5000).fill(0) })).toHaveLength(50);
  });
});
