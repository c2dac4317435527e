import { z } from 'zod';
import { problemSchema } from './problem.ts';
import { problemResponses } from './problem-responses.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of a route table, made from the contracts that the handlers are checked against. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const schemas: Record<string, Json> = {};
  const convert = (schema: z.ZodType, io: 'input' | 'output') => toSchema(schema, io, schemas);
  const problem = convert(problemSchema, 'output');
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method] = operation(route, convert);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Posthaste',
      version,
      description:
        'Durable, signed webhook delivery. Every delivery is a Temporal workflow: its workflow id is the delivery id.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The operator key, a key of an account (`POST /v1/accounts/{account}/keys`), or, where `x-portal` is told, the ' +
            'token of a portal link (`POST /v1/accounts/{account}/portal-links`).',
        },
      },
      responses: problemResponses(problem),
    },
  };
}

type Convert = (schema: z.ZodType, io: 'input' | 'output') => Json;

function operation(route: Route, convert: Convert): Json {
  const parameters = [
    ...parametersOf('path', route.params, convert),
    ...parametersOf('query', route.query, convert),
    ...parametersOf('header', route.headers, convert),
  ];
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    'x-access': route.access,
    ...(route.portal && { 'x-portal': true }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: {
        required: !route.body.safeParse(undefined).success,
        content: { 'application/json': { schema: convert(route.body, 'input') } },
      },
    }),
    responses: { ...answersOf(route, convert), ...problemsOf(route) },
  };
}

function parametersOf(place: 'path' | 'query' | 'header', schema: z.ZodType | undefined, convert: Convert) {
  if (!schema) return [];
  const { properties = {}, required = [] } = convert(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: property,
  }));
}

function answersOf(route: Route, convert: Convert): Json {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, mediaType = 'application/json' }]) => [
      status,
      {
        description,
        ...(schema && { content: { [mediaType]: { schema: convert(schema, 'output') } } }),
      },
    ]),
  );
}

function problemsOf(route: Route): Json {
  const statuses = [400, 401, 403, 429, 500, 503, ...(route.problems ?? [])];
  if (route.path.includes(':')) statuses.push(404);
  // A body may come with these, and is looked at even where none is wanted.
  if (route.method !== 'get' && route.method !== 'delete') statuses.push(409, 413, 415, 422);
  return Object.fromEntries(
    statuses
      .filter((status) => !(status in route.answers))
      .map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
  );
}

/** One schema, with those it refers to by their `id` moved to the components. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', components: Record<string, Json>): Json {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Answers may gain fields.
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  });
  for (const [id, definition] of Object.entries($defs)) {
    const { id: __, ...rest } = relink(definition) as Json;
    components[id] = rest;
  }
  const { id, ...rest } = relink(root) as Json;
  if (typeof id !== 'string') return rest;
  components[id] = rest;
  return { $ref: `#/components/schemas/${id}` };
}

/** Points local references to the components. */
function relink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relink);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === '$ref' && typeof part === 'string'
        ? part.replace(/^#\/\$defs\//, '#/components/schemas/')
        : relink(part),
    ]),
  );
}
