import { z } from 'zod';
import { PROFILES } from '../domain/delivery.ts';
import { LONGEST_WAIT_S, MOST_WAITS } from '../domain/schedule.ts';
import { EVENT_TYPE } from '../domain/subscription.ts';

/** An account's id, chosen by the operator. */
export const accountId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    'Expected 1 to 64 letters, digits, "_", "." or "-", beginning with a letter or digit.',
  )
  .meta({ example: 'acme' });

/** An id that we made, in a path. What is not one of ours is not found, so its form is not looked at further. */
export const resourceId = z
  .string()
  .min(1)
  .max(128, 'An id has at most 128 characters.')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: not `\0`, which regular expressions elsewhere do not know.
  .regex(/^[^\x00]*$/, 'An id has no NUL character.');

/** A number in a query, in digits: told as the integer that it is. */
export const integerInQuery = (least: number, most: number) =>
  z
    .unknown()
    .refine(
      (given) => typeof given === 'string' && /^\d{1,9}$/.test(given),
      `Expected a whole number from ${least} to ${most}.`,
    )
    .transform(Number)
    .pipe(z.number().min(least, `At least ${least}.`).max(most, `At most ${most}.`))
    .meta({ type: 'integer', minimum: least, maximum: most });

export const accountParams = z.object({ account: accountId });
export const accountAndIdParams = z.object({ account: accountId, id: resourceId });

export const eventType = z
  .string()
  .regex(EVENT_TYPE, 'Expected 1 to 128 letters, digits, "_", "." or "-".')
  .meta({ example: 'order.completed' });

/** What a key or a portal link may do. */
export const scopes = z
  .array(z.enum(['read', 'write']))
  .min(1, 'At least one.')
  .max(2)
  .refine((list) => new Set(list).size === list.length, 'The same scope is given twice.')
  .meta({ uniqueItems: true });

export const profileName = z.enum(PROFILES);

/** A time in an answer: RFC 3339 UTC with milliseconds. */
export const timestamp = z.iso.datetime({ precision: 3 }).meta({ example: '2026-01-31T12:00:00.000Z' });

/** A time in a request: RFC 3339 with any offset, in UTC of the years 1 to 9999, which alone RFC 3339 can tell again. */
export const instant = z.iso
  .datetime({ offset: true, error: 'Expected an RFC 3339 time such as 2026-01-31T12:00:00Z.' })
  .transform((text) => new Date(text))
  .refine(
    (time) => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999,
    'Expected a time of the years 1 to 9999, in UTC.',
  );

/** Seconds to wait after each failed attempt. */
export const retrySchedule = z
  .array(
    z
      .int()
      .min(1, 'A wait is at least 1 second.')
      .max(LONGEST_WAIT_S, 'A wait is at most 604800 seconds (7 days).'),
  )
  .max(MOST_WAITS, 'At most 20 waits.')
  .meta({
    description: 'Seconds to wait after each failed attempt; 0 to 20 waits of 1 second to 7 days.',
    example: [300, 1800, 7200, 28_800, 86_400],
  });
