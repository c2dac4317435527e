import { z } from 'zod';
import type { OperationalType } from '../../domain/operational.ts';
import type { CatalogueType } from '../profile.ts';
import { object } from './fields.ts';

/** An event type of Posthaste's own: no product's, and in no list of theirs. */
export type OperationalEventType = Omit<CatalogueType, 'profile'> & { name: OperationalType };

const endpointId = z.string().describe('The endpoint that this is about.');
const since = z.iso.datetime().describe('The first failure since the last success.');

const attempted = {
  deliveryId: z.string(),
  eventId: z.string(),
  event: z.string().describe("The event's type."),
  attempt: z.int().min(1).describe('Which attempt of the delivery it was.'),
};
const responseStatus = z.int().min(100).max(999);
const error = z.string().describe('The class of the failure, as in the attempts of a delivery.');
const failed = { ...attempted, responseStatus: responseStatus.optional(), error };

const sampleAttempt = {
  deliveryId: 'dlv_01a20485a71f409a9af508847c37438d',
  eventId: 'evt_01a2047704dc43d3ac9c944859b8888a',
  event: 'order.completed',
};
const sampleEndpoint = { endpointId: 'ep_01a1fd0a3b2c5d1e8f40927cc6ab11f3' };
const SAMPLE_SINCE = '2026-11-17T08:13:58.615Z';

const TYPES: readonly OperationalEventType[] = [
  {
    name: 'endpoint.failing',
    description: 'One delivery to an endpoint has failed four times, and nothing has succeeded since.',
    data: object({ endpointId, since, ...failed }),
    sample: {
      ...sampleEndpoint,
      since: SAMPLE_SINCE,
      ...sampleAttempt,
      attempt: 4,
      responseStatus: 503,
      error: 'server_error',
    },
  },
  {
    name: 'endpoint.recovered',
    description: 'A delivery to an endpoint that was failing has succeeded.',
    data: object({ endpointId, since, ...attempted, responseStatus }),
    sample: {
      ...sampleEndpoint,
      since: SAMPLE_SINCE,
      ...sampleAttempt,
      attempt: 5,
      responseStatus: 200,
    },
  },
  {
    name: 'endpoint.disabled',
    description: 'An endpoint was disabled; its deliveries are held until it is resumed.',
    data: object({
      endpointId,
      reason: z.enum(['failing', 'gone']).describe('`failing`: for days. `gone`: it answered 410.'),
      since: since.optional().describe('With `failing`: the first failure since the last success.'),
      lastFailureAt: z.iso.datetime().optional().describe('With `failing`.'),
      deliveryId: attempted.deliveryId.optional().describe('With `gone`, as what follows.'),
      eventId: attempted.eventId.optional(),
      event: attempted.event.optional(),
      attempt: attempted.attempt.optional(),
      responseStatus: responseStatus.optional(),
      error: error.optional(),
    }),
    sample: {
      ...sampleEndpoint,
      reason: 'failing',
      since: SAMPLE_SINCE,
      lastFailureAt: '2026-11-22T07:40:11.020Z',
    },
  },
  {
    name: 'delivery.exhausted',
    description: 'The last attempt of a delivery has failed; it can be sent again with resend.',
    data: object({ endpointId, ...failed }),
    sample: { ...sampleEndpoint, ...sampleAttempt, attempt: 6, error: 'timeout' },
  },
];

/** By name. */
export const OPERATIONAL: ReadonlyMap<string, OperationalEventType> = new Map(
  TYPES.map((type) => [type.name, type]),
);
