import { z } from 'zod';

/**
 * The building blocks of the catalogues. They check no more than a receiver relies on: products send further
 * fields, and `null` for an optional field that has nothing to say.
 *
 * Required are the ids of what an event is about and the fact that it reports (a refund's amount, an update's
 * changes), as far as every payload known of the product has them. Selz's page shows none: there it is the id.
 */

const ID = 'Must be a non-empty string.';
export const id = z.string(ID).min(1, ID);

const SELZ_ID = 'Must be a non-empty string or an integer.';
/** Selz's page does not say what its ids are. */
export const selzId = z.union([z.string().min(1), z.int()], SELZ_ID);

export const text = z.string('Must be a string.');
export const number = z.number('Must be a number.');
export const integer = z.int('Must be an integer.');
export const flag = z.boolean('Must be true or false.');

const EMAIL = 'Must be an e-mail address.';
export const email = z.string(EMAIL).regex(/.@./, EMAIL);

/** Selgora's example: 19700 is 197.00. */
export const amount = z
  .int('Must be an integer in minor units, for example 19700 for 197.00.')
  .describe('In minor units: 19700 is 197.00.');

const CURRENCY = 'Must be a currency code of three letters, for example "USD".';
export const currency = z.string(CURRENCY).regex(/^[A-Za-z]{3}$/, CURRENCY);

export const timestamp = z.iso.datetime({
  offset: true,
  error: 'Must be an RFC 3339 date and time, for example "2024-11-15T10:00:00Z".',
});

export const date = z.iso.date('Must be a date, for example "2024-12-15".');

export const texts = z.array(text, 'Must be an array of strings.');

export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item, 'Must be an array.');
}

/** An object whose further fields pass. Fields are required unless wrapped in `maybe`. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.looseObject(shape, 'Must be an object.');
}

/** A field that may be absent or null. */
export function maybe<Field extends z.ZodType>(field: Field) {
  return field.nullish();
}
