import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { openApiDocument } from '../../src/api/openapi.ts';
import { ROUTES } from '../../src/api/routes.ts';

const document = openApiDocument(ROUTES, '1.2.3') as {
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string;
        parameters?: { name: string; in: string }[];
        requestBody?: object;
        responses: Record<string, { $ref?: string }>;
      }
    >
  >;
  components: {
    schemas: Record<string, unknown>;
    responses: Record<string, { description: string; headers?: object }>;
  };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test('the OpenAPI document is valid 3.1', async () => {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(document));
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('every route is in the document, under an operationId of its own', () => {
  expect(operations).toHaveLength(ROUTES.length);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every path parameter is declared', () => {
  for (const { path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name);
    expect(declared.sort(), path).toEqual(inPath.sort());
  }
});

test('what a body may not repeat or leave out is told', () => {
  const { NewEndpoint } = document.components.schemas as Record<string, { properties: object }>;
  expect(NewEndpoint?.properties).toMatchObject({
    events: { uniqueItems: true },
    retryOn: { uniqueItems: true },
  });
  const reschedule = operations.find(({ operation }) => operation.operationId === 'rescheduleDelivery');
  expect(JSON.stringify(reschedule?.operation)).toContain('"minProperties":1');
});

test('every reference leads to a component', () => {
  const text = JSON.stringify(document);
  for (const [, section, name] of text.matchAll(/"#\/components\/(\w+)\/([^"/]+)"/g)) {
    const components = document.components as Record<string, Record<string, unknown>>;
    expect(components[section ?? '']?.[name ?? ''], `${section}/${name}`).toBeDefined();
  }
  expect(text).not.toContain('#/$defs/');
});

test('the fields that the contract promises are there', () => {
  const { Endpoint, NewEndpoint } = document.components.schemas as Record<
    string,
    { properties: object; required: string[] }
  >;
  expect(NewEndpoint?.required.sort()).toEqual(['events', 'profile', 'url']);
  expect(Object.keys(Endpoint?.properties ?? {})).toEqual(
    expect.arrayContaining(['timeoutMs', 'retryOn', 'retrySchedule', 'status', 'disabledReason']),
  );
  expect(Object.keys(Endpoint?.properties ?? {})).not.toContain('secret');
});

test('every call tells what keeps callers out: 401, 403, 429, and 404 where it names something', () => {
  for (const { path, method, operation } of operations) {
    const expected = [400, 401, 403, 429, 500, 503];
    if (path.includes('{')) expected.push(404);
    if (['post', 'put', 'patch'].includes(method)) expected.push(409, 413, 415, 422);
    for (const status of expected) {
      expect(operation.responses[status]?.$ref, `${method} ${path}`).toBe(
        `#/components/responses/Problem${status}`,
      );
    }
  }
  expect(Object.keys(document.components.responses.Problem401?.headers ?? {})).toEqual(['WWW-Authenticate']);
  for (const name of ['Problem429', 'Problem503']) {
    expect(Object.keys(document.components.responses[name]?.headers ?? {})).toEqual(['Retry-After']);
  }
});

test('each error tells the codes that docs/errors.md lists for its status', () => {
  const listed = new Map<string, string[]>();
  for (const [, code = '', status = ''] of readFileSync('docs/errors.md', 'utf8').matchAll(
    /^\| `(\w+)` +\| (\d{3})/gm,
  )) {
    listed.set(status, [...(listed.get(status) ?? []), code]);
  }
  // No operation answers it: it is of methods that are none.
  listed.delete('405');
  const told = Object.entries(document.components.responses).map(([name, { description }]) => [
    name.slice('Problem'.length),
    [...description.replace(/^.* Code: /, '').matchAll(/\w+/g)].map(([code]) => code).sort(),
  ]);
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries([...listed].map(([status, codes]) => [status, codes.sort()])),
  );
});

test('every pattern is one that other languages take too', () => {
  const patterns = new Set<string>();
  visit(document, ({ pattern, propertyNames }) => {
    for (const one of [pattern, (propertyNames as { pattern?: unknown } | undefined)?.pattern]) {
      if (typeof one === 'string') patterns.add(one);
    }
  });
  expect(patterns.size).toBeGreaterThan(5);
  // A NUL as \0, named groups, assertions, Unicode classes: Python, Go or Rust read them otherwise or not at all.
  for (const pattern of patterns) expect(pattern).not.toMatch(/\\0|\(\?(?!:)|\\[pPk][{<]|\\u/);
});

test('every example and default fits its schema', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ $id: 'doc', components: document.components });
  let count = 0;
  visit(document, (node) => {
    const { example, default: preset, schema } = node;
    for (const value of [example, preset]) {
      if (value === undefined) continue;
      count += 1;
      const text = JSON.stringify(schema ?? node).replaceAll('"#/', '"doc#/');
      const fits = ajv.compile(JSON.parse(text));
      expect(fits(value), `${JSON.stringify(value)}: ${ajv.errorsText(fits.errors)}`).toBe(true);
    }
  });
  expect(count).toBeGreaterThan(50);
});

function visit(value: unknown, look: (node: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) look(value as Record<string, unknown>);
  for (const part of Object.values(value)) visit(part, look);
}
