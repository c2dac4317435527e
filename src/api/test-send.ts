import { z } from 'zod';
import { writeAudit } from '../db/audit.ts';
import { findEndpoint } from '../db/endpoints.ts';
import { registeredSample } from '../db/registered-types.ts';
import type { ProfileName } from '../domain/delivery.ts';
import { notFound } from '../domain/errors.ts';
import { subscribes } from '../domain/subscription.ts';
import { profilesReceiving, sampleOf, typesOf } from '../profiles/catalogue/index.ts';
import { OPERATIONAL } from '../profiles/catalogue/operational.ts';
import { newSelzToken } from '../profiles/secret.ts';
import { actorOf } from './caller.ts';
import { contentHash } from './content-hash.ts';
import { accountAndIdParams, eventType } from './contracts.ts';
import { newEvent } from './event-contract.ts';
import { acceptedOr4xx, checkEvent } from './event-intake.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

/** What is sent of a free type that has no sample. */
const PLAIN_SAMPLE = { test: true };

/**
 * The type that an endpoint is tested with when none is named: the first exact name of its subscription, else
 * the first catalogue type that it subscribes to, else such an operational one, else the first that its profile
 * receives at all.
 */
export function defaultTestType(profile: ProfileName, patterns: readonly string[]): string {
  const exact = patterns.find((pattern) => !pattern.endsWith('*'));
  if (exact !== undefined) return exact;
  const operational = profile === 'standard' ? OPERATIONAL.keys() : [];
  const names = [...typesOf(profile).map(({ name }) => name), ...operational];
  return (names.find((name) => subscribes(patterns, name)) ?? names[0]) as string;
}

export const testSendRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/accounts/:account/endpoints/:id/test',
    operationId: 'testEndpoint',
    tag: 'Endpoints',
    summary: 'Send the sample of an event type to one endpoint',
    description:
      'A real delivery through the real engine, to this endpoint alone, subscribed to the type or not. Without ' +
      '`event` it is the first type that the endpoint subscribes to. A paused endpoint holds it. `data` of your own ' +
      'takes the place of the sample, and is checked as that of any event.',
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    body: z.strictObject({ event: eventType.optional(), data: newEvent.shape.data.optional() }).prefault({}),
    answers: {
      202: {
        description: 'On its way.',
        schema: z.object({ eventId: z.string(), deliveryId: z.string() }),
      },
    },
    async handle({ params: { account, id }, body, caller, deps }) {
      const endpoint = await findEndpoint(deps.pool, account, id);
      if (!endpoint) throw notFound('endpoint', id);
      const event = body.event ?? defaultTestType(endpoint.profile, endpoint.events);
      if (!profilesReceiving(event).includes(endpoint.profile)) {
        const detail = `A ${endpoint.profile} endpoint never receives "${event}": it is no type of its catalogue.`;
        throw invalidRequest([{ pointer: '/event', detail }]);
      }
      if (body.data !== undefined) await checkEvent(deps, account, { event, data: body.data }, {});
      const data =
        body.data ?? sampleOf(event) ?? (await registeredSample(deps.pool, account, event)) ?? PLAIN_SAMPLE;
      // Before it, for what is sent cannot be taken back when this fails.
      await writeAudit(deps.pool, {
        accountId: account,
        actor: actorOf(caller),
        action: 'endpoint.tested',
        target: id,
        details: { event },
      });
      const ingested = await deps.ingest({
        accountId: account,
        type: event,
        data: JSON.stringify(data),
        selzToken: newSelzToken(),
        contentHash: contentHash({ event, data }),
        profiles: [endpoint.profile],
        testEndpointId: id,
      });
      const { id: eventId, deliveries } = acceptedOr4xx(account, ingested);
      const [delivery] = deliveries;
      // Deleted since it was looked up.
      if (!delivery) throw notFound('endpoint', id);
      deps.relay.offer(deliveries, { byHand: true });
      return { status: 202, body: { eventId, deliveryId: delivery.id } };
    },
  }),
];
