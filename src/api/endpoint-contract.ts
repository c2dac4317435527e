import { z } from 'zod';
import { maxConcurrencyOf, policyOf, timeoutOf } from '../db/endpoint-policy.ts';
import type { EndpointRow, EndpointSettings } from '../db/endpoints.ts';
import { SUBSCRIPTION_PATTERN } from '../domain/subscription.ts';
import { profileName, resourceId, retrySchedule, timestamp } from './contracts.ts';
import { customHeaders } from './custom-headers.ts';

const patterns = z
  .array(
    z
      .string()
      .regex(
        SUBSCRIPTION_PATTERN,
        'Expected an event type ("order.completed"), a prefix ("order.*", "order_*") or "*".',
      ),
  )
  .min(1, 'At least one.')
  .max(100, 'At most 100.')
  .refine((list) => new Set(list).size === list.length, 'The same entry is given twice.')
  .meta({
    uniqueItems: true,
    description:
      'Which event types it receives: exact names, prefixes that end at a separator and `*`, or `*` for all but the operational events.',
    example: ['order.completed', 'contact.*'],
  });
const url = z.string().min(1).max(2048).meta({ example: 'https://shop.example.com/webhooks' });
const description = z.string().max(1000, 'At most 1000 characters.');
const timeoutMs = z.int().min(1000, 'At least 1000 ms.').max(30_000, 'At most 30000 ms.').meta({
  description:
    'Total deadline of one attempt, in milliseconds. Default: selgora 5000, selz 10000, standard 15000.',
});
const retryOn = z
  .array(z.int().min(400, 'A 4xx status.').max(499, 'A 4xx status.'))
  .max(100)
  .refine((list) => new Set(list).size === list.length, 'The same status is given twice.')
  .meta({
    uniqueItems: true,
    description:
      '4xx statuses that are retried, besides all 5xx. Default: standard 408, 425 and 429; the others none.',
  });
const retryJitter = z.number().min(0, 'At least 0.').max(1, 'At most 1.').meta({
  description: 'Share of each wait that may be added at random, 0 (default, none) to 1.',
});
const maxConcurrency = z.int().min(1, 'At least 1.').max(1000, 'At most 1000.').meta({
  description: 'How many attempts may be under way at it at a time, default 32. The others wait their turn.',
});
const ordered = z.boolean().meta({
  description:
    'Whether it gets the events of one `orderingKey` one after the other: the next only when the one before has ' +
    'succeeded, failed or been cancelled. Default false. Other keys, and events without one, go side by side.',
});
const orderedMaxWait = z
  .int()
  .min(1, 'At least 1 second.')
  .max(2_592_000, 'At most 2592000 seconds.')
  .meta({
    description:
      'For `ordered`: how long one delivery may keep the next one of its key waiting, in seconds, 1 to 2592000 (30 days); ' +
      'then they overtake it one by one, this long apart. Default `null`: as long as it takes.',
  });
export const secret = z.string().min(1).max(512).meta({
  description: 'Signs the deliveries. Made when absent: `whsec_` and the base64 of 32 random bytes.',
});

export const newEndpointSchema = z
  .strictObject({
    url,
    profile: profileName,
    events: patterns,
    secret: secret.optional(),
    description: description.optional(),
    headers: customHeaders.optional(),
    retrySchedule: retrySchedule.optional(),
    retryJitter: retryJitter.optional(),
    timeoutMs: timeoutMs.optional(),
    retryOn: retryOn.optional(),
    maxConcurrency: maxConcurrency.optional(),
    ordered: ordered.optional(),
    orderedMaxWait: orderedMaxWait.nullable().optional(),
  })
  .meta({ id: 'NewEndpoint' });

/** Fields that stay what they are, and what to do instead. */
const fixed = (message: string) =>
  z.never({ error: message }).optional().meta({ deprecated: true, description: message });

export const endpointPatchSchema = z
  .strictObject({
    url: url.optional(),
    events: patterns.optional(),
    description: description.nullable().optional(),
    headers: customHeaders.nullable().optional(),
    retrySchedule: retrySchedule.nullable().optional(),
    retryJitter: retryJitter.nullable().optional(),
    timeoutMs: timeoutMs.nullable().optional(),
    retryOn: retryOn.nullable().optional(),
    maxConcurrency: maxConcurrency.nullable().optional(),
    ordered: ordered.nullable().optional(),
    orderedMaxWait: orderedMaxWait.nullable().optional(),
    profile: fixed('The profile of an endpoint cannot be changed; create another endpoint.'),
    secret: secret
      .optional()
      .describe(
        'Takes the place of the one before at once; `POST …/secret/rotate` lets both be valid for a while.',
      ),
    status: fixed('Use POST …/pause and POST …/resume to change the status.'),
  })
  .meta({ id: 'EndpointPatch', description: '`null` gives a setting its default back.' });

export const endpointSchema = z
  .object({
    id: resourceId,
    url: z.string(),
    profile: profileName,
    events: z.array(z.string()),
    description: z.string().optional(),
    headers: z.record(z.string(), z.string()),
    status: z.enum(['active', 'paused', 'disabled']),
    disabledReason: z
      .string()
      .optional()
      .describe('`gone`: it answered 410. `failing`: everything failed for days.'),
    failingSince: timestamp
      .optional()
      .describe('The first failure since the last success; absent while all is well.'),
    lastFailureAt: timestamp.optional().describe('The last of them, to the minute.'),
    timeoutMs: z.int(),
    retryOn: z.array(z.int()),
    retrySchedule: z.array(z.int()),
    retryJitter: z.number(),
    maxConcurrency: z.int(),
    ordered: z.boolean(),
    orderedMaxWait: z.int().optional().describe('Seconds; absent when lanes wait as long as it takes.'),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({
    id: 'Endpoint',
    description: "A subscriber's URL, with the settings in force, defaults included.",
  });

export const endpointWithSecretSchema = z
  .object({ ...endpointSchema.shape, secret: z.string().describe('Shown here and at `GET …/secret` only.') })
  .meta({ id: 'EndpointWithSecret' });

export function toEndpoint(row: EndpointRow): z.infer<typeof endpointSchema> {
  const { scheduleS, jitter, retryOn: statuses } = policyOf(row);
  return {
    id: row.id,
    url: row.url,
    profile: row.profile,
    events: row.events,
    ...(row.description !== null && { description: row.description }),
    headers: row.headers,
    status: row.status,
    ...(row.disabled_reason !== null && { disabledReason: row.disabled_reason }),
    ...(row.failing_since && { failingSince: row.failing_since.toISOString() }),
    ...(row.last_failure_at && { lastFailureAt: row.last_failure_at.toISOString() }),
    timeoutMs: timeoutOf(row),
    retryOn: [...statuses],
    retrySchedule: [...scheduleS],
    // A `real` comes back as the double nearest to it.
    retryJitter: Math.round(jitter * 1e6) / 1e6,
    maxConcurrency: maxConcurrencyOf(row),
    ordered: row.ordered,
    ...(row.ordered_max_wait_s !== null && { orderedMaxWait: row.ordered_max_wait_s }),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The settings of a row after a patch: absent keeps, null gives the default back. */
export function patched(row: EndpointRow, patch: z.output<typeof endpointPatchSchema>): EndpointSettings {
  const or = <T>(given: T | undefined, stored: T): T => (given === undefined ? stored : given);
  return {
    url: patch.url ?? row.url,
    events: patch.events ?? row.events,
    description: or(patch.description, row.description),
    headers: or(patch.headers, row.headers) ?? {},
    retryScheduleS: or(patch.retrySchedule, row.retry_schedule_s),
    retryJitter: or(patch.retryJitter, row.retry_jitter) ?? 0,
    timeoutMs: or(patch.timeoutMs, row.timeout_ms),
    retryOn: or(patch.retryOn, row.retry_on),
    maxConcurrency: or(patch.maxConcurrency, row.max_concurrency),
    ordered: or(patch.ordered, row.ordered) ?? false,
    orderedMaxWaitS: or(patch.orderedMaxWait, row.ordered_max_wait_s),
  };
}
