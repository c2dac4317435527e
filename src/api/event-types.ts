import { z } from 'zod';
import { PROFILES } from '../domain/delivery.ts';
import { notFound } from '../domain/errors.ts';
import { CATALOGUE, jsonSchemaOf, typesOf } from '../profiles/catalogue/index.ts';
import type { CatalogueType } from '../profiles/profile.ts';
import { accountEventTypeRoutes } from './account-event-types.ts';
import { eventType, resourceId } from './contracts.ts';
import { decodeCursor, pageQuery, pageSchema, toPage } from './page.ts';
import { type Route, route } from './route.ts';

const catalogueTypeSchema = z
  .object({
    name: eventType,
    profile: z.enum(['selgora', 'selz']),
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).describe("JSON Schema of the event's `data`."),
    sample: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'CatalogueEventType' });

function toCatalogueType(type: CatalogueType): z.infer<typeof catalogueTypeSchema> {
  const { name, profile, description, sample } = type;
  return { name, profile, description, schema: jsonSchemaOf(name) ?? {}, sample };
}

/** The catalogue does not change while a process runs, so its cursors need no time. */
const NO_TIME = '1970-01-01T00:00:00.000000Z';

export const eventTypeRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/event-types',
    operationId: 'listCatalogueEventTypes',
    tag: 'Event types',
    summary: 'List the event types of the two products',
    access: 'read',
    portal: true,
    query: z.strictObject({
      ...pageQuery,
      profile: z
        .enum(PROFILES)
        .optional()
        .describe('Only the types that endpoints of this profile receive; `standard` receives all.'),
    }),
    answers: { 200: { description: 'A page of types.', schema: pageSchema(catalogueTypeSchema) } },
    async handle({ query }) {
      const types = typesOf(query.profile ?? 'standard');
      const after = query.cursor === undefined ? undefined : decodeCursor('catalogue', query.cursor).id;
      const from = after === undefined ? 0 : types.findIndex(({ name }) => name === after) + 1;
      const rows = types.slice(from, from + query.limit + 1);
      const page = toPage(
        'catalogue',
        query,
        rows,
        ({ name }) => ({ at: NO_TIME, id: name }),
        toCatalogueType,
      );
      return { status: 200, body: page };
    },
  }),
  route({
    method: 'get',
    path: '/v1/event-types/:type',
    operationId: 'getCatalogueEventType',
    tag: 'Event types',
    summary: 'Read an event type of the two products',
    access: 'read',
    portal: true,
    params: z.object({ type: resourceId }),
    answers: { 200: { description: 'The type, with schema and sample.', schema: catalogueTypeSchema } },
    async handle({ params }) {
      const type = CATALOGUE.get(params.type);
      if (!type) throw notFound('event type', params.type);
      return { status: 200, body: toCatalogueType(type) };
    },
  }),
  ...accountEventTypeRoutes,
];
