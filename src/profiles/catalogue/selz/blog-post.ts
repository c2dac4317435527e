import type { CatalogueType } from '../../profile.ts';
import { flag, maybe, object, selzId, text, texts, timestamp } from '../fields.ts';

const blogPost = object({
  id: selzId,
  title: maybe(text),
  slug: maybe(text),
  url: maybe(text),
  author: maybe(text),
  summary: maybe(text),
  body_html: maybe(text),
  tags: maybe(texts),
  is_published: maybe(flag),
  published_at: maybe(timestamp),
  created_at: maybe(timestamp),
  updated_at: maybe(timestamp),
  deleted_at: maybe(timestamp),
});

const sample = {
  id: 'c40e19',
  title: 'How we wash linen',
  slug: 'how-we-wash-linen',
  url: 'https://shop.example.com/blog/how-we-wash-linen',
  author: 'Ida Berg',
  summary: 'Warm water, little soap, no tumble dryer.',
  body_html: '<p>Warm water, little soap, no tumble dryer.</p>',
  tags: ['care', 'linen'],
  is_published: true,
  published_at: '2025-02-11T22:00:00Z',
  created_at: '2025-02-11T21:38:00Z',
};

export const SELZ_BLOG_POST_TYPES: readonly CatalogueType[] = [
  {
    name: 'blog_post_created',
    profile: 'selz',
    description: 'A post was added to the blog.',
    data: blogPost,
    sample,
  },
  {
    name: 'blog_post_updated',
    profile: 'selz',
    description: 'A post of the blog was changed.',
    data: blogPost,
    sample: { ...sample, tags: ['care', 'linen', 'guide'], updated_at: '2025-03-04T09:15:00Z' },
  },
  {
    name: 'blog_post_deleted',
    profile: 'selz',
    description: 'A post was removed from the blog.',
    data: blogPost,
    sample: { id: sample.id, title: sample.title, slug: sample.slug, deleted_at: '2025-03-04T09:15:00Z' },
  },
];
