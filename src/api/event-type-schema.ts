import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats, { type FormatName } from 'ajv-formats';
import type { FieldError } from '../domain/errors.ts';
import { escapePointer } from './body.ts';
import { linearRegExp } from './linear-regexp.ts';
import { invalidRequest } from './problem.ts';
import { LONGEST_SCHEMA_BYTES, measureSchema } from './schema-limits.ts';
import { OutOfWork, WORK_OF_EVENT, WorkBudget, workOf } from './schema-work.ts';

/** RE2 instructions × characters that cost one unit of work. */
const PATTERN_STEPS_PER_UNIT = 4;
/** Units of work of one use of a pattern, however short the text is. */
const WORK_OF_PATTERN = 8;
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
   * @param shared what is left for the events of the request, default the most for one
   */
  validate(data: unknown, base?: string, shared?: WorkBudget): FieldError[];
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
  const refusal = measureSchema(schema);
  if (refusal) throw refuse(refusal.pointer ?? '', refusal.detail);

  const meter = { budget: new WorkBudget(0) };
  const validate = compileWithin(schema, meter);
  if (!validate) throw refuse('', 'The schema cannot be compiled; check its references.');
  const estimate = workOf(schema);

  return {
    validate(data, dataBase = '/data', shared = new WorkBudget(WORK_OF_EVENT)) {
      const granted = Math.min(shared.left, WORK_OF_EVENT);
      const budget = new WorkBudget(granted);
      meter.budget = budget;
      try {
        estimate(data, budget);
        if (validate(data)) return [];
      } catch (error) {
        if (error instanceof OutOfWork) return [{ pointer: dataBase, detail: tooMuch(granted) }];
        throw error;
      } finally {
        shared.left -= granted - Math.max(budget.left, 0);
      }
      return (validate.errors ?? []).slice(0, MOST_ERRORS).map((error) => toFieldError(error, dataBase));
    },
  };
}

function tooMuch(granted: number): string {
  return granted < WORK_OF_EVENT
    ? 'The events before it in this batch took what there is for checking them; send it in a smaller batch.'
    : 'Too large to be checked against the schema of its type.';
}

/** An Ajv of its own for each schema, for it keeps what it compiled. */
function compileWithin(
  schema: Record<string, unknown>,
  meter: { budget: WorkBudget },
): ValidateFunction | undefined {
  const regExp = (pattern: string) => {
    const { programSize, test } = linearRegExp(pattern);
    return {
      test(text: string) {
        meter.budget.take(WORK_OF_PATTERN + (programSize * (text.length + 1)) / PATTERN_STEPS_PER_UNIT);
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
    // Optimising the code takes ten times as long as making it, and gains nothing to speak of.
    code: { optimize: false, regExp: Object.assign(regExp, { code: 'linearRegExp' }) },
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
