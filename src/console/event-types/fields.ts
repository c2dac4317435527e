/** One field of an event's data, as its JSON Schema has it. */
export interface Field {
  /** From the top: `customer.email`, `items[].sku`. */
  path: string;
  type: string;
  required: boolean;
  description?: string;
}

/** Deeper ones are left to the schema itself. */
const DEEPEST = 4;

type Schema = Record<string, unknown>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields that a schema names by `properties` and `items`; what it says in other ways is not among them. */
export function fieldsOf(schema: Schema, prefix = '', depth = 0): Field[] {
  if (depth >= DEEPEST || !isSchema(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([name, given]) => {
    const property = isSchema(given) ? given : {};
    const path = prefix + name;
    const { description } = property;
    const field: Field = {
      path,
      type: typeOf(property),
      required: required.includes(name),
      ...(typeof description === 'string' && { description }),
    };
    const items = isSchema(property.items) ? fieldsOf(property.items, `${path}[].`, depth + 1) : [];
    return [field, ...fieldsOf(property, `${path}.`, depth + 1), ...items];
  });
}

/** In words for people: `string (date-time)`, `integer or null`, `one of "a", "b"`. */
function typeOf(schema: Schema): string {
  if (Array.isArray(schema.enum))
    return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  if ('const' in schema) return JSON.stringify(schema.const);
  const choices = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (choices) return [...new Set(choices.filter(isSchema).map(typeOf))].join(' or ');
  if (schema.type === 'array') return isSchema(schema.items) ? `array of ${typeOf(schema.items)}` : 'array';
  const type = [schema.type]
    .flat()
    .filter((one) => typeof one === 'string')
    .join(' or ');
  return typeof schema.format === 'string' ? `${type} (${schema.format})` : type || 'any';
}
