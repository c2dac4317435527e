/** As much of a JSON Schema as the contracts of the API use. */
export interface Schema {
  $ref?: string;
  type?: string;
  example?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  format?: string;
  minLength?: number;
  minimum?: number;
  minItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minProperties?: number;
}

/** The smallest value that a schema takes, made of its examples where it has some. Times are an hour ago. */
export function validValue(schema: Schema, components: Record<string, Schema>): unknown {
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (schema.$ref !== undefined) {
    const named = components[schema.$ref.replace('#/components/schemas/', '')];
    if (!named) throw new Error(`no ${schema.$ref}`);
    return validValue(named, components);
  }
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (choice) return validValue(choice, components);
  switch (schema.type) {
    case 'object':
      return validObject(schema, components);
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => validValue(schema.items ?? {}, components));
    case 'string':
      return schema.format === 'date-time'
        ? new Date(Date.now() - 3_600_000).toISOString()
        : 'x'.repeat(schema.minLength ?? 1);
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    default:
      throw new Error(`no value for the schema ${JSON.stringify(schema)}`);
  }
}

function validObject(
  { properties = {}, required = [], minProperties = 0 }: Schema,
  components: Record<string, Schema>,
): Record<string, unknown> {
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const names = [...required, ...optional.slice(0, Math.max(0, minProperties - required.length))];
  return Object.fromEntries(names.map((name) => [name, validValue(properties[name] ?? {}, components)]));
}
