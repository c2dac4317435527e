import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What each part may import of the others; `types:` allows types only. */
const MAY_IMPORT: Record<string, string[]> = {
  workflows: ['src/domain', 'types:activities'],
  activities: ['src/domain', 'src/profiles', 'src/http', 'src/db'],
  'src/domain': [],
  'src/profiles': ['src/domain', 'src/version.ts'],
  'src/http': ['src/domain'],
  'src/db': ['src/domain'],
  'src/temporal': ['src/domain', 'workflows', 'types:activities'],
  'src/dispatch': ['src/domain', 'src/db', 'src/temporal', 'types:activities'],
  'src/tracing': ['src/domain', 'src/db', 'types:activities'],
  'src/metrics': ['src/domain', 'src/db', 'types:activities'],
  'src/api': [
    'src/domain',
    'src/profiles',
    'src/db',
    'src/dispatch',
    'src/temporal',
    'src/version.ts',
    'types:src/tracing',
  ],
  'src/console': ['src/domain', 'packages/client/src', 'packages/receiver/src'],
  'src/local': ['src/domain', 'workflows'],
  'packages/receiver/src': [],
  'src/cli': [
    'src/domain',
    'src/profiles',
    'src/local',
    'src/version.ts',
    'src/roles.ts',
    'packages/client/src',
  ],
  // Browsers use it, too.
  'packages/client/src': [],
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const files = ['workflows', 'activities', 'src', 'packages/client/src', 'packages/receiver/src'].flatMap(
  (folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(folder, file)),
);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gm)].map(
    ([, type, to = '']) => ({
      from: file,
      to: to.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), to)) : to,
      typeOnly: type !== undefined,
    }),
  );
}

function partOf(file: string): string | undefined {
  return Object.keys(MAY_IMPORT).find((part) => file.startsWith(`${part}/`));
}

const imports = files.flatMap(importsOf);

test('the imports were found', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(200);
});

test.each(Object.keys(MAY_IMPORT))('%s imports only what it may', (part) => {
  const wrong = imports
    .filter(
      ({ from, to }) =>
        partOf(from) === part && /^(?:src|workflows|activities|packages)\//.test(to) && partOf(to) !== part,
    )
    .filter(({ to, typeOnly }) => {
      const allowed = MAY_IMPORT[part] ?? [];
      const target = partOf(to) ?? to;
      return !allowed.includes(target) && !(typeOnly && allowed.includes(`types:${target}`));
    });
  expect(wrong).toEqual([]);
});

test('workflows import no Node built-ins and no library but Temporal', () => {
  const outside = imports.filter(
    ({ from, to }) => partOf(from) === 'workflows' && !/^(?:src|workflows|activities|@temporalio)\//.test(to),
  );
  expect(outside).toEqual([]);
});

test('what makes traces is loaded by nobody but the code that is loaded when somebody wants them', () => {
  const loaders = imports.filter(({ to, typeOnly }) => to.startsWith('@opentelemetry/') && !typeOnly);
  const spans = ['src/tracing/export.ts', 'src/tracing/spans.ts'];
  expect(new Set(loaders.map(({ from }) => from))).toEqual(new Set(spans));
  expect(imports.filter(({ to, typeOnly }) => spans.includes(to) && !typeOnly)).toEqual([]);
});

test('the domain imports no library at all', () => {
  expect(
    imports.filter(({ from, to }) => partOf(from) === 'src/domain' && partOf(to) !== 'src/domain'),
  ).toEqual([]);
});

test('the kit for receivers runs wherever Fetch and WebCrypto are: it imports nothing but itself', () => {
  const own = imports.filter(({ from }) => partOf(from) === 'packages/receiver/src');
  expect(own.length).toBeGreaterThan(10);
  expect(own.filter(({ to }) => partOf(to) !== 'packages/receiver/src')).toEqual([]);
});

test("the API's client imports nothing but openapi-fetch", () => {
  const outside = imports.filter(
    ({ from, to }) => partOf(from) === 'packages/client/src' && partOf(to) !== 'packages/client/src',
  );
  expect(new Set(outside.map(({ to }) => to))).toEqual(new Set(['openapi-fetch']));
});

test('the command line loads neither Temporal nor PostgreSQL', () => {
  const loaded = new Set(['src/cli/command-line.ts']);
  for (const file of loaded)
    for (const { from, to, typeOnly } of imports) if (from === file && !typeOnly) loaded.add(to);
  const libraries = [...loaded].filter((name) => !/^(?:src|packages)\/|^package\.json$|^node:/.test(name));
  expect(libraries.sort()).toEqual(['commander', 'openapi-fetch']);
});

test('only main.ts reads the configuration and compose.ts wires', () => {
  const readers = imports
    .filter(({ to, typeOnly }) => to === 'src/config.ts' && !typeOnly)
    .map(({ from }) => from);
  expect(readers).toEqual(['src/main.ts']);
  const wirers = imports.filter(({ to }) => to === 'src/compose.ts').map(({ from }) => from);
  expect(wirers).toEqual(['src/main.ts']);
});

test('only the configuration, the set-up and the main program look at the environment', () => {
  const readers = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('process.env'));
  expect(readers.filter((file) => !file.startsWith('src/local/'))).toEqual([]);
});
