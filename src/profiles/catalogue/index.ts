import type { ProfileName } from '../../domain/delivery.ts';
import type { CatalogueType } from '../profile.ts';
import { SELGORA_CONTACT_TYPES } from './selgora/contact.ts';
import { SELGORA_COURSE_TYPES } from './selgora/course.ts';
import { SELGORA_EMAIL_TYPES } from './selgora/email.ts';
import { SELGORA_ORDER_TYPES } from './selgora/order.ts';
import { SELGORA_SUBSCRIPTION_TYPES } from './selgora/subscription.ts';
import { SELZ_BLOG_POST_TYPES } from './selz/blog-post.ts';
import { SELZ_CATEGORY_TYPES } from './selz/category.ts';
import { SELZ_CUSTOMER_TYPES } from './selz/customer.ts';
import { SELZ_DISCOUNT_TYPES } from './selz/discount.ts';
import { SELZ_ORDER_TYPES } from './selz/order.ts';
import { SELZ_PRODUCT_TYPES } from './selz/product.ts';

const TYPES: readonly CatalogueType[] = [
  ...SELGORA_ORDER_TYPES,
  ...SELGORA_CONTACT_TYPES,
  ...SELGORA_SUBSCRIPTION_TYPES,
  ...SELGORA_COURSE_TYPES,
  ...SELGORA_EMAIL_TYPES,
  ...SELZ_BLOG_POST_TYPES,
  ...SELZ_CATEGORY_TYPES,
  ...SELZ_CUSTOMER_TYPES,
  ...SELZ_DISCOUNT_TYPES,
  ...SELZ_ORDER_TYPES,
  ...SELZ_PRODUCT_TYPES,
];

/** The types of both products by name, in the order of their pages. */
export const CATALOGUE: ReadonlyMap<string, CatalogueType> = new Map(TYPES.map((type) => [type.name, type]));

/** The catalogue types that endpoints of a profile receive: a product's own, or all of them for `standard`. */
export function typesOf(profile: ProfileName): readonly CatalogueType[] {
  return profile === 'standard' ? TYPES : TYPES.filter((type) => type.profile === profile);
}

/** The profiles whose endpoints receive a type: its product's and `standard`; of a free type `standard` only. */
export function profilesReceiving(type: string): ProfileName[] {
  const known = CATALOGUE.get(type);
  return known ? [known.profile, 'standard'] : ['standard'];
}

/** A `data` of a catalogue type to develop a receiver against; undefined for a free type. */
export function sampleOf(type: string): Record<string, unknown> | undefined {
  return CATALOGUE.get(type)?.sample;
}
