import { z } from 'zod';
import { FURTHEST_AHEAD_MS } from '../domain/schedule.ts';
import { eventType, instant, timestamp } from './contracts.ts';
import { deliveryStatusAnswer } from './delivery-view.ts';

/** How far ahead of our clock an event may say that it happened. */
const LARGEST_CLOCK_SKEW_MS = 86_400_000;

export const MOST_EVENTS_IN_A_BATCH = 500;

export const eventId = z
  .string('Must be a string.')
  // No dot: it separates the parts of what a Standard Webhooks signature covers.
  .regex(/^[A-Za-z0-9_-]{1,128}$/, 'Must be 1 to 128 letters, digits, "_" and "-".');

/** A time at most 30 days ahead. */
export const aheadTime = instant.refine(
  (time) => time.getTime() <= Date.now() + FURTHEST_AHEAD_MS,
  'Must be at most 30 days ahead.',
);

/** A JSON object, passed on as JSON.parse made it: a copy would lose a member named `__proto__`. */
const data = z
  .unknown()
  .refine(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Must be a JSON object.',
  )
  .meta({ type: 'object' });

export const newEvent = z.strictObject({
  event: eventType.describe('A type of the catalogues, or a free one.'),
  data: data.describe('Checked against the type, if it is known or registered. Goes out as it is.'),
  id: eventId
    .optional()
    .describe(
      'Your own id of the event; made for you when absent. The same id with the same content is the same event.',
    ),
  createdAt: instant
    .refine((time) => time.getTime() >= 0, 'Must not be before 1970.')
    .refine((time) => time.getTime() <= Date.now() + LARGEST_CLOCK_SKEW_MS, 'Must be at most a day ahead.')
    .optional()
    .describe('When it happened; now when absent.'),
  deliverAt: aheadTime
    .optional()
    .describe('When to make the first attempt, up to 30 days ahead; at once when absent or past.'),
  orderingKey: z
    .string('Must be a string.')
    .regex(/^[\x21-\x7e]{1,128}$/, 'Must be 1 to 128 visible ASCII characters.')
    .optional()
    .describe(
      'What it is about, such as a customer: endpoints that are `ordered` get events of one key one after the other, ' +
        'in the order in which they were accepted. It stays on record with the event, also without its payload.',
    ),
});

export type SentEvent = z.output<typeof newEvent>;

const { $schema: _, ...newEventJsonSchema } = z.toJSONSchema(newEvent, { io: 'input' });

/** Each event of a batch is checked on its own, so that a bad one hurts no other. */
export const eventBatch = z.strictObject({
  events: z
    .array(z.unknown().meta(newEventJsonSchema))
    .min(1, 'Must hold at least one event.')
    .max(MOST_EVENTS_IN_A_BATCH, `Must hold at most ${MOST_EVENTS_IN_A_BATCH} events.`),
});

export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'Must be 1 to 255 visible ASCII characters.');

export const idempotencyHeader = z.object({
  'Idempotency-Key': idempotencyKey
    .optional()
    .describe(
      'Repeats of a request with the same key and content get the same answer, and send nothing twice.',
    ),
});

export const acceptedEvent = z
  .object({
    id: z.string(),
    event: z.string(),
    createdAt: timestamp,
    deliveries: z.array(z.object({ id: z.string(), endpointId: z.string(), workflowId: z.string() })),
  })
  .meta({ id: 'AcceptedEvent' });

export type AcceptedEvent = z.infer<typeof acceptedEvent>;

export const listedEvent = z.object({
  id: z.string(),
  event: z.string(),
  createdAt: timestamp,
  acceptedAt: timestamp,
  deliverAt: timestamp.optional(),
  orderingKey: z.string().optional(),
  test: z.boolean().optional().describe('True when it was made by a test send.'),
  payloadExpungedAt: timestamp
    .optional()
    .describe('When its data, and what endpoints answered to it, were dropped.'),
  deliveries: z.array(deliveryStatusAnswer),
});

export const eventAnswer = listedEvent
  .extend({ data: z.record(z.string(), z.unknown()).optional().describe('Absent once it was dropped.') })
  .meta({ id: 'Event' });
