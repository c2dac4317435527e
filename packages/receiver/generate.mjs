// Writes src/event-data.ts, the types of `data`, from the catalogues that Posthaste checks events with. Run it after a
// catalogue has changed: `npm run generate` in this folder. A test says when it is due.
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const PRODUCT = fileURLToPath(new URL('../../src/profiles/catalogue', import.meta.url));
const TARGET = new URL('src/event-data.ts', import.meta.url);

const HEAD = `// Made by generate.mjs from the catalogues of event types; not to be edited.
// A field may be absent where it says \`?\`, and further fields may come with any event.
`;

/** The text of src/event-data.ts as the catalogues have it now. */
export async function eventDataText() {
  const { CATALOGUE, OPERATIONAL, jsonSchemaOf } = await catalogues();
  const known = [...CATALOGUE.values()];
  const of = (profile) => known.filter((type) => type.profile === profile);
  return [
    HEAD,
    interfaceText('SelgoraData', "`data` of Selgora's events, by type.", of('selgora'), jsonSchemaOf),
    interfaceText('SelzData', "`data` of Selz's events, by type.", of('selz'), jsonSchemaOf),
    interfaceText(
      'OperationalData',
      "`data` of Posthaste's own events, by type.",
      [...OPERATIONAL.values()],
      jsonSchemaOf,
    ),
  ].join('\n');
}

/** The catalogues are TypeScript, which Node 20 does not run. */
async function catalogues() {
  const { outputFiles } = await build({
    stdin: {
      contents: "export * from './index.ts'; export { OPERATIONAL } from './operational.ts';",
      resolveDir: PRODUCT,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

function interfaceText(name, comment, types, jsonSchemaOf) {
  const members = types.map((type) => {
    const { description, ...schema } = jsonSchemaOf(type.name);
    return `  /** ${description} */\n  ${key(type.name)}: ${typeText(schema, '  ')};\n`;
  });
  return `/** ${comment} */\nexport interface ${name} {\n${members.join('')}}\n`;
}

/** A schema of the catalogues as a TypeScript type. @throws Error for a kind of schema that they have not had yet */
function typeText(schema, indent) {
  if (schema.anyOf) return schema.anyOf.map((one) => typeText(one, indent)).join(' | ');
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (schema.type === undefined && Object.keys(schema).length === 0) return 'unknown';
  return [schema.type]
    .flat()
    .map((type) => plainTypeText(type, schema, indent))
    .join(' | ');
}

function plainTypeText(type, schema, indent) {
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
      return 'number';
    case 'array': {
      const item = typeText(schema.items, indent);
      return /^\w+$/.test(item) ? `${item}[]` : `Array<${item}>`;
    }
    case 'object':
      return objectText(schema, indent);
    default:
      throw new Error(`No TypeScript type is known for the schema ${JSON.stringify(schema)}.`);
  }
}

function objectText({ properties, required = [] }, indent) {
  const fields = Object.entries(properties);
  if (fields.length === 0) return 'Record<string, unknown>';
  const lines = fields.map(([name, schema]) => {
    const comment = schema.description ? `${indent}  /** ${schema.description} */\n` : '';
    const mark = required.includes(name) ? '' : '?';
    return `${comment}${indent}  ${key(name)}${mark}: ${typeText(schema, `${indent}  `)};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

function key(name) {
  return /^\w+$/.test(name) ? name : literal(name);
}

function literal(text) {
  return `'${text}'`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(TARGET, await eventDataText());
