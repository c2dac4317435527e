import type { CatalogueType } from '../../profile.ts';
import {
  amount,
  currency,
  flag,
  integer,
  maybe,
  number,
  object,
  selzId,
  text,
  timestamp,
} from '../fields.ts';

const discount = object({
  id: selzId,
  code: maybe(text),
  title: maybe(text),
  type: maybe(text),
  /** Of a `percentage` discount: 10 is ten per cent. */
  percentage: maybe(number),
  /** Of a `fixed_amount` discount. */
  amount: maybe(amount),
  currency: maybe(currency),
  minimum_order: maybe(amount),
  usage_limit: maybe(integer),
  usage_count: maybe(integer),
  is_active: maybe(flag),
  starts_at: maybe(timestamp),
  ends_at: maybe(timestamp),
  created_at: maybe(timestamp),
  updated_at: maybe(timestamp),
  deleted_at: maybe(timestamp),
});

const sample = {
  id: 'e93a57',
  code: 'SPRING10',
  title: 'Ten per cent off in spring',
  type: 'percentage',
  percentage: 10,
  currency: 'AUD',
  minimum_order: 5000,
  usage_limit: 200,
  usage_count: 0,
  is_active: true,
  starts_at: '2025-09-01T00:00:00+08:00',
  ends_at: '2025-11-30T23:59:59+08:00',
  created_at: '2025-08-20T03:30:00Z',
};

export const SELZ_DISCOUNT_TYPES: readonly CatalogueType[] = [
  {
    name: 'discount_created',
    profile: 'selz',
    description: 'A discount was added.',
    data: discount,
    sample,
  },
  {
    name: 'discount_updated',
    profile: 'selz',
    description: 'Terms of a discount were changed.',
    data: discount,
    sample: { ...sample, usage_limit: 500, usage_count: 41, updated_at: '2025-10-02T05:00:00Z' },
  },
  {
    name: 'discount_deleted',
    profile: 'selz',
    description: 'A discount was removed.',
    data: discount,
    sample: { id: sample.id, code: sample.code, deleted_at: '2025-12-01T00:00:00Z' },
  },
];
