import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats, { type FormatName } from 'ajv-formats';
import type { FieldError } from '../domain/errors.ts';
import { escapePointer } from './body.ts';
import { linearRegExp } from './linear-regexp.ts';
import { invalidRequest } from './problem.ts';
import { LONGEST_SCHEMA_BYTES, measureSchema, valuesIn } from './schema-limits.ts';

/** Most (values of the schema) × (values of the data) of one check; more would take longer than about 0.2 s. */
const MOST_WORK = 20_000_000;
/** Most (RE2 instructions) × (characters) of one check. */
const MOST_PATTERN_STEPS = 10_000_000;
/** Characters that cost as much to look through as one value. */
const CHARACTERS_PER_VALUE = 16;
/** More errors than this are no help to anyone. */
const MOST_ERRORS = 20;

/** Formats that are checked in linear time; others are taken as annotations, as JSON Schema says. */
const FORMATS: FormatName[] = [
  'date-time',
  'date',
  'time',
  'duration',
  'email',
  'uuid',
  'uri',
  'uri-reference',
  'hostname',
  'ipv4',
  'ipv6',
  'json-pointer',
];

const OPTIONS: Options = { strict: false, logger: false, addUsedSchema: false, messages: true };

/** A schema that data can be checked against. */
export interface CompiledSchema {
  /**
   * What is wrong with `data`; nothing when it fits.
   *
   * @param base JSON Pointer of `data` in the request, default `/data`
   */
  validate(data: unknown, base?: string): FieldError[];
}

/** Checks schemas themselves; made at the first use, for it compiles the meta-schema. */
let metaSchema: Ajv2020 | undefined;

/**
 * Compiles an account's JSON Schema (draft 2020-12), within limits that keep both compiling and checking short.
 *
 * @param base JSON Pointer of the schema in the request
 * @throws {AppError} 400 that names the keyword which is wrong or not supported
 */
export function compileSchema(schema: Record<string, unknown>, base = '/schema'): CompiledSchema {
  const refuse = (pointer: string, detail: string) => invalidRequest([{ pointer: base + pointer, detail }]);
  if (Buffer.byteLength(JSON.stringify(schema)) > LONGEST_SCHEMA_BYTES) {
    throw refuse('', `A schema has at most ${LONGEST_SCHEMA_BYTES} bytes of JSON.`);
  }
  if (schema.$schema !== undefined && !isDraft2020(schema.$schema)) {
    throw refuse('/$schema', 'Only draft 2020-12 is supported: https://json-schema.org/draft/2020-12/schema');
  }
  metaSchema ??= new Ajv2020(OPTIONS);
  if (!metaSchema.validateSchema(schema)) {
    const [error] = metaSchema.errors ?? [];
    throw refuse(error?.instancePath ?? '', `Not a JSON Schema: ${error?.message ?? 'it is not valid'}.`);
  }
  const size = measureSchema(schema);
  if ('detail' in size) throw refuse(size.pointer ?? '', size.detail);

  const steps = { left: 0 };
  const validate = compileWithin(schema, steps);
  if (!validate) throw refuse('', 'The schema cannot be compiled; check its references.');

  return {
    validate(data, dataBase = '/data') {
      const tooMuch = [
        { pointer: dataBase, detail: 'Too large to be checked against the schema of its type.' },
      ];
      if (size.values * weightOf(data) > MOST_WORK) return tooMuch;
      steps.left = MOST_PATTERN_STEPS;
      try {
        if (validate(data)) return [];
      } catch (error) {
        if (error instanceof OutOfSteps) return tooMuch;
        throw error;
      }
      return (validate.errors ?? []).slice(0, MOST_ERRORS).map((error) => toFieldError(error, dataBase));
    },
  };
}

class OutOfSteps extends Error {}

/** An Ajv of its own for each schema, for it keeps what it compiled. */
function compileWithin(
  schema: Record<string, unknown>,
  steps: { left: number },
): ValidateFunction | undefined {
  const regExp = (pattern: string) => {
    const { programSize, test } = linearRegExp(pattern);
    return {
      test(text: string) {
        steps.left -= programSize * (text.length + 1);
        if (steps.left < 0) throw new OutOfSteps();
        return test(text);
      },
      // Ajv tells patterns apart by this.
      toString: () => pattern,
    };
  };
  const ajv = new Ajv2020({
    ...OPTIONS,
    meta: false,
    validateSchema: false,
    inlineRefs: false,
    // Otherwise `required: ["constructor"]` would always be satisfied.
    ownProperties: true,
    code: { regExp: Object.assign(regExp, { code: 'linearRegExp' }) },
  });
  addFormats.default(ajv, { formats: FORMATS, keywords: false });
  // Ajv's own compares every item with every other.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (wanted: boolean, items: unknown[]) =>
      !wanted || new Set(items.map(canonical)).size === items.length,
    error: { message: 'must NOT have duplicate items' },
  });
  const { $schema: _, ...plain } = schema;
  try {
    return ajv.compile(plain);
  } catch {
    return undefined;
  }
}

function isDraft2020(uri: unknown): boolean {
  return typeof uri === 'string' && /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(uri);
}

/** The same text for values that JSON Schema calls equal: the order of members does not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function weightOf(data: unknown): number {
  return valuesIn(data) + (JSON.stringify(data)?.length ?? 0) / CHARACTERS_PER_VALUE;
}

/** The pointer of what is missing or too much is that of the member itself. */
function toFieldError(
  { instancePath, params, message = 'is not valid' }: ErrorObject,
  base: string,
): FieldError {
  const { missingProperty, additionalProperty, unevaluatedProperty } = params as Record<string, unknown>;
  const member = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  return {
    pointer: base + instancePath + (typeof member === 'string' ? `/${escapePointer(member)}` : ''),
    detail: typeof missingProperty === 'string' ? 'Required.' : `It ${message}.`,
  };
}
