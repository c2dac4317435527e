import type { CatalogueType } from '../../profile.ts';
import { amount, currency, flag, integer, list, maybe, object, selzId, text, timestamp } from '../fields.ts';

const variantFields = {
  id: selzId,
  title: maybe(text),
  sku: maybe(text),
  price: maybe(amount),
  quantity: maybe(integer),
};

const product = object({
  id: selzId,
  title: maybe(text),
  description: maybe(text),
  type: maybe(text),
  url: maybe(text),
  sku: maybe(text),
  price: maybe(amount),
  currency: maybe(currency),
  quantity: maybe(integer),
  is_published: maybe(flag),
  category_ids: maybe(list(selzId)),
  variants: maybe(list(object(variantFields))),
  created_at: maybe(timestamp),
  updated_at: maybe(timestamp),
  deleted_at: maybe(timestamp),
  sold_out_at: maybe(timestamp),
});

/** `id` is the variant's; without its product a receiver could not place it. */
const soldOutVariant = object({
  ...variantFields,
  product_id: selzId,
  product_title: maybe(text),
  currency: maybe(currency),
  sold_out_at: maybe(timestamp),
});

const blue = { id: '3ab9f0-blue', title: 'Blue', sku: 'TOWEL-BLUE', price: 2600, quantity: 12 };
const rust = { id: '3ab9f0-rust', title: 'Rust', sku: 'TOWEL-RUST', price: 2600, quantity: 7 };

const sample = {
  id: '3ab9f0',
  title: 'Linen tea towel',
  description: 'Stonewashed linen, 50 by 70 cm.',
  type: 'physical',
  url: 'https://shop.example.com/item/linen-tea-towel',
  sku: 'TOWEL',
  price: 2600,
  currency: 'AUD',
  quantity: 19,
  is_published: true,
  category_ids: ['71be22'],
  variants: [blue, rust],
  created_at: '2025-01-20T02:10:00Z',
};

export const SELZ_PRODUCT_TYPES: readonly CatalogueType[] = [
  {
    name: 'product_created',
    profile: 'selz',
    description: 'A product was added to the store.',
    data: product,
    sample,
  },
  {
    name: 'product_updated',
    profile: 'selz',
    description: 'Details of a product were changed.',
    data: product,
    sample: { ...sample, title: 'Linen tea towel, large', updated_at: '2025-03-04T09:15:00Z' },
  },
  {
    name: 'product_deleted',
    profile: 'selz',
    description: 'A product was removed from the store.',
    data: product,
    sample: { id: sample.id, title: sample.title, sku: sample.sku, deleted_at: '2025-03-04T09:15:00Z' },
  },
  {
    name: 'product_soldout',
    profile: 'selz',
    description: 'The last piece of a product was sold.',
    data: product,
    sample: {
      ...sample,
      quantity: 0,
      variants: [
        { ...blue, quantity: 0 },
        { ...rust, quantity: 0 },
      ],
      sold_out_at: '2025-03-04T09:15:21Z',
    },
  },
  {
    name: 'product_variant_soldout',
    profile: 'selz',
    description: 'The last piece of one variant of a product was sold.',
    data: soldOutVariant,
    sample: {
      ...blue,
      quantity: 0,
      product_id: sample.id,
      product_title: sample.title,
      currency: sample.currency,
      sold_out_at: '2025-03-04T09:15:21Z',
    },
  },
];
