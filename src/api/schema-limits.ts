import type { FieldError } from '../domain/errors.ts';
import { escapePointer } from './body.ts';
import { LARGEST_PROGRAM, linearRegExp, PatternRefused } from './linear-regexp.ts';

/** Longest schema, in bytes of JSON. */
export const LONGEST_SCHEMA_BYTES = 32 * 1024;
/** Deepest nesting of schemas in schemas. */
const DEEPEST_SCHEMA = 16;
/** Most values in a schema once each `$ref` is replaced by what it refers to. */
const LARGEST_EXPANDED = 5000;
/** Most schemas in a schema, each counted where it is written: what is compiled, in about 0.2 s at most. */
const MOST_SCHEMAS = 1000;
/** Most branches of one `anyOf` or `oneOf`: Ajv nests their code. */
const MOST_BRANCHES = 500;
/** Most names in one list of `dependentRequired`: compiling takes their number squared. */
const MOST_DEPENDENT_NAMES = 100;
/** Most RE2 instructions of all patterns together. */
const LARGEST_PROGRAMS = 5 * LARGEST_PROGRAM;

const SCHEMA_KEYWORDS = new Set([
  'items',
  'not',
  'if',
  'then',
  'else',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const LIST_KEYWORDS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const MAP_KEYWORDS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
/** Say nothing about data. */
const ANNOTATIONS = new Set(['title', 'description', 'default', 'examples', '$comment', '$schema']);
/** References that cannot be followed in advance, and a keyword whose errors can fill the memory. */
const REFUSED = new Set([
  '$id',
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  '$recursiveAnchor',
  '$recursiveRef',
  '$vocabulary',
  'contains',
  'minContains',
  'maxContains',
  'dependencies',
]);

class Refused extends Error {
  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Refuses a schema that could make compiling or checking slow, or that `workOf` could not follow: recursion, and
 * references that double.
 *
 * @param schema a valid schema of draft 2020-12
 * @returns what is wrong; nothing when it is within the limits
 */
export function measureSchema(schema: Record<string, unknown>): FieldError | undefined {
  const known = new Map<object, number>();
  const open = new Set<object>();
  let programs = 0;
  let schemas = 0;

  function sizeOf(value: unknown, pointer: string, depth: number): number {
    const measured = typeof value === 'object' && value !== null ? known.get(value) : undefined;
    if (measured !== undefined) return measured;
    schemas += 1;
    if (schemas > MOST_SCHEMAS) throw new Refused('', `A schema has at most ${MOST_SCHEMAS} schemas in it.`);
    if (typeof value !== 'object' || value === null) return 1;
    if (open.has(value)) throw new Refused(pointer, 'A schema may not refer to itself.');
    if (depth > DEEPEST_SCHEMA) {
      throw new Refused(pointer, `Schemas may be nested ${DEEPEST_SCHEMA} deep at most.`);
    }
    open.add(value);
    let size = 1;
    for (const [keyword, part] of Object.entries(value)) {
      size += sizeOfKeyword(keyword, part, `${pointer}/${escapePointer(keyword)}`, depth);
      if (size > LARGEST_EXPANDED) throw new Refused('', 'The schema is too large with its references.');
    }
    open.delete(value);
    known.set(value, size);
    return size;
  }

  function sizeOfKeyword(keyword: string, part: unknown, pointer: string, depth: number): number {
    if (REFUSED.has(keyword)) throw new Refused(pointer, `The keyword ${keyword} is not supported.`);
    if (ANNOTATIONS.has(keyword)) return 0;
    if (keyword === '$ref') return sizeOfTarget(String(part), pointer, depth);
    if (keyword === 'pattern') measurePattern(String(part), pointer);
    if (keyword === 'dependentRequired') measureDependents(part as Record<string, unknown[]>, pointer);
    if (SCHEMA_KEYWORDS.has(keyword)) return sizeOf(part, pointer, depth + 1);
    if (!LIST_KEYWORDS.has(keyword) && !MAP_KEYWORDS.has(keyword)) return valuesIn(part);
    if ((keyword === 'anyOf' || keyword === 'oneOf') && (part as unknown[]).length > MOST_BRANCHES) {
      throw new Refused(pointer, `${keyword} has at most ${MOST_BRANCHES} branches; an enum may be longer.`);
    }
    let size = 1;
    for (const [key, child] of Object.entries(part as object)) {
      const at = `${pointer}/${escapePointer(key)}`;
      if (keyword === 'patternProperties') measurePattern(key, at);
      const own = sizeOf(child, at, depth + 1);
      // Definitions cost where they are referred to.
      if (keyword !== '$defs' && keyword !== 'definitions') size += own;
    }
    return size;
  }

  function sizeOfTarget(ref: string, pointer: string, depth: number): number {
    if (!/^#(?:\/|$)/.test(ref)) {
      throw new Refused(pointer, 'A $ref must point into the same schema ("#/$defs/…").');
    }
    const target = resolveRef(schema, ref);
    if (target === undefined) throw new Refused(pointer, 'There is nothing where this $ref points.');
    if (
      typeof target !== 'boolean' &&
      (typeof target !== 'object' || target === null || Array.isArray(target))
    ) {
      throw new Refused(pointer, 'This $ref does not point to a schema.');
    }
    return sizeOf(target, pointer, depth + 1);
  }

  function measureDependents(lists: Record<string, unknown[]>, pointer: string): void {
    for (const [key, names] of Object.entries(lists)) {
      if (names.length <= MOST_DEPENDENT_NAMES) continue;
      throw new Refused(
        `${pointer}/${escapePointer(key)}`,
        `It names at most ${MOST_DEPENDENT_NAMES} members.`,
      );
    }
  }

  function measurePattern(pattern: string, pointer: string): void {
    try {
      programs += linearRegExp(pattern).programSize;
    } catch (error) {
      if (error instanceof PatternRefused) throw new Refused(pointer, error.message);
      throw error;
    }
    if (programs > LARGEST_PROGRAMS) throw new Refused(pointer, 'The patterns of this schema are too many.');
  }

  try {
    sizeOf(schema, '', 0);
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return { pointer: error.pointer, detail: error.message };
    throw error;
  }
}

/** How many values a JSON value is made of. */
export function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const part of Object.values(value)) count += valuesIn(part);
  return count;
}

/** What a `$ref` into the same schema points to; undefined when there is nothing. */
export function resolveRef(root: unknown, ref: string): unknown {
  let value = root;
  for (const token of ref.split('/').slice(1)) {
    const key = decode(token).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
