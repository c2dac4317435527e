import type { CatalogueType } from '../../profile.ts';
import { flag, integer, maybe, object, selzId, text, timestamp } from '../fields.ts';

const category = object({
  id: selzId,
  title: maybe(text),
  slug: maybe(text),
  url: maybe(text),
  description: maybe(text),
  parent_id: maybe(selzId),
  position: maybe(integer),
  is_published: maybe(flag),
  created_at: maybe(timestamp),
  updated_at: maybe(timestamp),
  deleted_at: maybe(timestamp),
});

const sample = {
  id: '71be22',
  title: 'Kitchen',
  slug: 'kitchen',
  url: 'https://shop.example.com/category/kitchen',
  description: 'Towels, aprons and table linen.',
  parent_id: '70aa01',
  position: 2,
  is_published: true,
  created_at: '2025-01-18T04:00:00Z',
};

export const SELZ_CATEGORY_TYPES: readonly CatalogueType[] = [
  {
    name: 'category_created',
    profile: 'selz',
    description: 'A product category was added.',
    data: category,
    sample,
  },
  {
    name: 'category_updated',
    profile: 'selz',
    description: 'A product category was changed.',
    data: category,
    sample: { ...sample, title: 'Kitchen and table', updated_at: '2025-03-04T09:15:00Z' },
  },
  {
    name: 'category_deleted',
    profile: 'selz',
    description: 'A product category was removed.',
    data: category,
    sample: { id: sample.id, title: sample.title, slug: sample.slug, deleted_at: '2025-03-04T09:15:00Z' },
  },
];
