import type { FieldError } from '../domain/errors.ts';
import { CATALOGUE } from './catalogue/index.ts';

/** More than this is no help to anyone, and a long array could hold a million. */
const MOST_ERRORS = 50;

/**
 * What is wrong with the `data` of a catalogue type; nothing for a free type. `data` itself is never changed:
 * what goes out is what the caller sent.
 *
 * @param base JSON Pointer of `data` in the request, `/data` unless it came in a batch
 * @returns at most 50 errors; a missing field's pointer names the missing field
 */
export function validateCatalogueData(type: string, data: unknown, base = '/data'): FieldError[] {
  const result = CATALOGUE.get(type)?.data.safeParse(data);
  if (!result || result.success) return [];
  return result.error.issues.slice(0, MOST_ERRORS).map(({ path, message }) => ({
    pointer: base + path.map((key) => `/${escaped(String(key))}`).join(''),
    detail: isMissing(data, path) ? `Required. ${message}` : message,
  }));
}

/** RFC 6901. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isMissing(data: unknown, path: readonly PropertyKey[]): boolean {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return true;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return false;
}
