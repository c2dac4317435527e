import { z } from 'zod';
import type { ProfileName } from '../../domain/delivery.ts';
import type { CatalogueType } from '../profile.ts';
import { OPERATIONAL } from './operational.ts';
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

/** JSON Schemas made so far, by type. */
const jsonSchemas = new Map<string, Record<string, unknown>>();

/** The catalogue types that endpoints of a profile receive: a product's own, or all of them for `standard`. */
export function typesOf(profile: ProfileName): readonly CatalogueType[] {
  return profile === 'standard' ? TYPES : TYPES.filter((type) => type.profile === profile);
}

/** The profiles whose endpoints receive a type: its product's and `standard`; of a free type `standard` only. */
export function profilesReceiving(type: string): ProfileName[] {
  const known = CATALOGUE.get(type);
  return known ? [known.profile, 'standard'] : ['standard'];
}

/** A `data` of a catalogue or operational type to develop a receiver against; undefined for a free type. */
export function sampleOf(type: string): Record<string, unknown> | undefined {
  return (CATALOGUE.get(type) ?? OPERATIONAL.get(type))?.sample;
}

/**
 * The JSON Schema (draft 2020-12) of the `data` of a catalogue type, made from the schema that ingest checks with,
 * or of an operational type. Further properties are allowed throughout. Undefined for a free type.
 */
export function jsonSchemaOf(type: string): Record<string, unknown> | undefined {
  const known = CATALOGUE.get(type) ?? OPERATIONAL.get(type);
  if (!known) return undefined;
  let schema = jsonSchemas.get(type);
  if (!schema) {
    const { $schema, ...rest } = z.toJSONSchema(known.data, {
      override: ({ jsonSchema }) => plain(jsonSchema),
    });
    schema = { $schema, title: known.name, description: known.description, ...rest };
    jsonSchemas.set(type, schema);
  }
  return schema;
}

/** For people to read: `["string", "null"]` instead of an `anyOf`, and a format without the pattern behind it. */
function plain(schema: z.core.JSONSchema.BaseSchema): void {
  const [only, nothing, ...others] = schema.anyOf ?? [];
  if (only?.type && nothing?.type === 'null' && others.length === 0) {
    const { type } = only;
    delete schema.anyOf;
    Object.assign(schema, only, { type: [type, 'null'] });
  }
  if (schema.format) delete schema.pattern;
}
