import { z } from 'zod';
import { CATALOGUE } from './index.ts';

const made = new Map<string, Record<string, unknown>>();

/**
 * The JSON Schema (draft 2020-12) of a catalogue type's `data`, made from the schema that ingest checks with.
 * Further properties are allowed throughout. Undefined for a free type.
 */
export function jsonSchemaOf(type: string): Record<string, unknown> | undefined {
  const known = CATALOGUE.get(type);
  if (!known) return undefined;
  let schema = made.get(type);
  if (!schema) {
    const { $schema, ...rest } = z.toJSONSchema(known.data, {
      override: ({ jsonSchema }) => plain(jsonSchema),
    });
    schema = { $schema, title: known.name, description: known.description, ...rest };
    made.set(type, schema);
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
