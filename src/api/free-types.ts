import type { Queryable } from '../db/pool.ts';
import { registeredSchema } from '../db/registered-types.ts';
import type { FieldError } from '../domain/errors.ts';
import { CATALOGUE } from '../profiles/catalogue/index.ts';
import { inTurn } from './check-turns.ts';
import { compileSchema } from './event-type-schema.ts';
import type { WorkBudget } from './schema-work.ts';

type Compiled = ReturnType<typeof compileSchema>;

const MOST_COMPILED = 500;

/** Compiled schemas by their text, the one used longest ago first. */
const compiled = new Map<string, Compiled>();

/**
 * What is wrong with the `data` of a free type that the account registered a schema for; nothing otherwise.
 *
 * @param shared what is left for the events of the request; the check takes its share
 */
export async function freeTypeErrors(
  db: Queryable,
  accountId: string,
  type: string,
  data: unknown,
  shared?: WorkBudget,
): Promise<FieldError[]> {
  if (CATALOGUE.has(type)) return [];
  const schema = await registeredSchema(db, accountId, type);
  if (schema === undefined) return [];
  return inTurn(() => compiledOf(schema).validate(data, '/data', shared));
}

function compiledOf(schema: string): Compiled {
  const known = compiled.get(schema) ?? compileSchema(JSON.parse(schema));
  compiled.delete(schema);
  compiled.set(schema, known);
  const [oldest] = compiled.keys();
  if (compiled.size > MOST_COMPILED && oldest !== undefined) compiled.delete(oldest);
  return known;
}
