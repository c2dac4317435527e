import type { CatalogueType } from '../../profile.ts';
import { amount, currency, email, integer, list, maybe, object, selzId, text, timestamp } from '../fields.ts';

const item = object({
  id: maybe(selzId),
  product_id: maybe(selzId),
  variant_id: maybe(selzId),
  title: maybe(text),
  sku: maybe(text),
  quantity: maybe(integer),
  unit_price: maybe(amount),
  total: maybe(amount),
});

const address = object({
  name: maybe(text),
  line1: maybe(text),
  line2: maybe(text),
  city: maybe(text),
  region: maybe(text),
  postcode: maybe(text),
  country_code: maybe(text),
});

const buyer = object({
  id: maybe(selzId),
  email: maybe(email),
  first_name: maybe(text),
  last_name: maybe(text),
});

/** Selz's page shows no payload; its example handler reads the order's id from `data.id`. */
const order = object({
  id: selzId,
  number: maybe(selzId),
  status: maybe(text),
  currency: maybe(currency),
  subtotal: maybe(amount),
  discount_total: maybe(amount),
  shipping_total: maybe(amount),
  tax_total: maybe(amount),
  total: maybe(amount),
  discount_code: maybe(text),
  payment_method: maybe(text),
  customer: maybe(buyer),
  items: maybe(list(item)),
  shipping_address: maybe(address),
  created_at: maybe(timestamp),
  paid_at: maybe(timestamp),
  completed_at: maybe(timestamp),
});

const sample = {
  id: '5f2c71',
  number: 1042,
  currency: 'AUD',
  subtotal: 7800,
  discount_total: 780,
  shipping_total: 950,
  tax_total: 709,
  total: 8679,
  discount_code: 'SPRING10',
  payment_method: 'card',
  customer: { id: '88d104', email: 'noah.lind@example.com', first_name: 'Noah', last_name: 'Lind' },
  items: [
    {
      id: '5f2c71-1',
      product_id: '3ab9f0',
      variant_id: '3ab9f0-blue',
      title: 'Linen tea towel',
      sku: 'TOWEL-BLUE',
      quantity: 3,
      unit_price: 2600,
      total: 7800,
    },
  ],
  shipping_address: {
    name: 'Noah Lind',
    line1: '14 Harbour Street',
    city: 'Fremantle',
    region: 'WA',
    postcode: '6160',
    country_code: 'AU',
  },
  created_at: '2025-03-04T09:15:00Z',
  paid_at: '2025-03-04T09:15:21Z',
};

export const SELZ_ORDER_TYPES: readonly CatalogueType[] = [
  {
    name: 'order_payment_succeeded',
    profile: 'selz',
    description: 'A payment for an order went through.',
    data: order,
    sample: { ...sample, status: 'paid' },
  },
  {
    name: 'order_completed',
    profile: 'selz',
    description: 'The payment of an order is complete.',
    data: order,
    sample: { ...sample, status: 'completed', completed_at: '2025-03-04T09:15:22Z' },
  },
];
