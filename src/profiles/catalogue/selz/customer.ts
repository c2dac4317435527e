import type { CatalogueType } from '../../profile.ts';
import { amount, currency, email, flag, integer, maybe, object, selzId, text, timestamp } from '../fields.ts';

const customer = object({
  id: selzId,
  email: maybe(email),
  first_name: maybe(text),
  last_name: maybe(text),
  phone: maybe(text),
  country_code: maybe(text),
  accepts_marketing: maybe(flag),
  order_count: maybe(integer),
  total_spent: maybe(amount),
  currency: maybe(currency),
  created_at: maybe(timestamp),
  updated_at: maybe(timestamp),
  deleted_at: maybe(timestamp),
});

const sample = {
  id: '88d104',
  email: 'noah.lind@example.com',
  first_name: 'Noah',
  last_name: 'Lind',
  phone: '+61 8 5550 0142',
  country_code: 'AU',
  accepts_marketing: true,
  order_count: 0,
  total_spent: 0,
  currency: 'AUD',
  created_at: '2025-03-04T09:14:48Z',
};

export const SELZ_CUSTOMER_TYPES: readonly CatalogueType[] = [
  {
    name: 'customer_created',
    profile: 'selz',
    description: 'A customer was added to the store.',
    data: customer,
    sample,
  },
  {
    name: 'customer_updated',
    profile: 'selz',
    description: 'Details of a customer were changed.',
    data: customer,
    sample: { ...sample, order_count: 1, total_spent: 8679, updated_at: '2025-03-04T09:15:22Z' },
  },
  {
    name: 'customer_deleted',
    profile: 'selz',
    description: 'A customer was removed from the store.',
    data: customer,
    sample: { id: sample.id, email: sample.email, deleted_at: '2025-06-30T01:00:00Z' },
  },
];
