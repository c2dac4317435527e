import type { CatalogueType } from '../../profile.ts';
import { amount, currency, email, id, list, maybe, object, text } from '../fields.ts';

const product = object({ id: maybe(id), name: maybe(text), price: maybe(amount) });

/** What an order may say of itself in any of its events. */
const order = {
  order_id: id,
  /** Selgora's analytics example reads it of every event. */
  contact_id: maybe(id),
  customer_email: maybe(email),
  amount: maybe(amount),
  currency: maybe(currency),
  status: maybe(text),
  products: maybe(list(product)),
  payment_method: maybe(text),
};

const sample = {
  order_id: 'ord_7Q2M9K',
  contact_id: 'con_58VJ3T',
  customer_email: 'maria.keller@example.com',
  amount: 24_600,
  currency: 'USD',
};

const products = [
  { id: 'prod_31F8', name: 'Watercolour Basics', price: 19_700 },
  { id: 'prod_31F9', name: 'Brush Guide (PDF)', price: 4900 },
];

export const SELGORA_ORDER_TYPES: readonly CatalogueType[] = [
  {
    name: 'order.created',
    profile: 'selgora',
    description: 'A customer placed an order that is not paid yet.',
    data: object({ ...order, customer_email: email, amount, currency }),
    sample: { ...sample, status: 'pending', products },
  },
  {
    name: 'order.completed',
    profile: 'selgora',
    description: 'An order was paid in full.',
    // Selgora's two payloads of this type (the example and the curl test) share nothing but the order's id.
    data: object(order),
    sample: { ...sample, status: 'completed', products, payment_method: 'card' },
  },
  {
    name: 'order.refunded',
    profile: 'selgora',
    description: 'All or part of an order was paid back to the customer.',
    data: object({ ...order, refund_amount: amount, reason: maybe(text) }),
    sample: { ...sample, status: 'refunded', refund_amount: 4900, reason: 'requested_by_customer', products },
  },
];
