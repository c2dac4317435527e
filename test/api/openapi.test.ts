import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { openApiDocument } from '../../src/api/openapi.ts';
import { ROUTES } from '../../src/api/routes.ts';

const document = openApiDocument(ROUTES, '1.2.3') as {
  paths: Record<string, Record<string, { operationId: string; parameters?: { name: string; in: string }[] }>>;
  components: { schemas: Record<string, unknown> };
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
