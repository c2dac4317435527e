import { z } from 'zod';
import type {
  CountRow,
  OverviewSpan,
  ResponseTimes,
  TroubledEndpointRow,
  WaitingRow,
} from '../db/overview.ts';
import { type DeliveryStatus, isFinal } from '../domain/delivery.ts';
import { resourceId, timestamp } from './contracts.ts';

/** Of so many deliveries the response times are looked at. */
export const SAMPLED_DELIVERIES = 2000;
/** So many endpoints in trouble are named at most. */
export const MOST_IN_TROUBLE = 100;

/** What a step may be long; the shortest is taken that makes no more than {@link MOST_BUCKETS}. */
const STEPS_S = [60, 300, 900, 1800, 3600, 7200, 14_400, 28_800];
const MOST_BUCKETS = 96;

const counts = {
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  open: z.int().describe('That have not ended.'),
};

export const overviewSchema = z
  .object({
    since: timestamp,
    until: timestamp,
    stepSeconds: z
      .int()
      .describe('How long a bucket is: 60 seconds to 8 hours, so that there are about 100 at most.'),
    buckets: z
      .array(z.object({ at: timestamp, ...counts }))
      .describe(
        'Deliveries by when they were made, and how they stand now; oldest first, empty ones too. They begin at whole ' +
          'multiples of `stepSeconds`; of the first and the last only what lies between `since` and `until` counts.',
      ),
    totals: z.object(counts),
    successRate: z
      .number()
      .optional()
      .describe('The share of those that ended which succeeded, 0 to 1; absent when none ended.'),
    responseTime: z
      .object({ p50Ms: z.int(), p95Ms: z.int(), attempts: z.int().describe('How many were looked at.') })
      .optional()
      .describe(
        `Of the attempts that were answered, of the ${SAMPLED_DELIVERIES} deliveries that were made last in the span and ` +
          'attempted; absent when there is none.',
      ),
    waiting: z
      .object({
        pending: z.int(),
        delivering: z.int(),
        retrying: z.int(),
        held: z.int(),
        nextAt: timestamp.optional().describe('When the first sleeping delivery wakes.'),
        due: z
          .array(z.object({ at: timestamp, count: z.int() }))
          .describe('Sleeping deliveries by the hour in which they wake; `at` is its beginning.'),
      })
      .describe('What has not ended now, whenever it was made.'),
    endpointsInTrouble: z
      .array(
        z.object({
          id: resourceId,
          url: z.string(),
          status: z.enum(['active', 'paused', 'disabled']),
          disabledReason: z.string().optional(),
          failingSince: timestamp.optional(),
          lastFailureAt: timestamp.optional(),
        }),
      )
      .describe(
        `Endpoints that are disabled, or whose last attempt failed, at most ${MOST_IN_TROUBLE}; the longest first.`,
      ),
  })
  .meta({ id: 'Overview' });

type Overview = z.infer<typeof overviewSchema>;
type Counts = Overview['totals'];

/** How long the buckets of a span are, in seconds. */
export function stepOf({ since, until }: Pick<OverviewSpan, 'since' | 'until'>): number {
  const spanS = (until.getTime() - since.getTime()) / 1000;
  return STEPS_S.find((step) => spanS / step <= MOST_BUCKETS) ?? (STEPS_S.at(-1) as number);
}

const none = (): Counts => ({ succeeded: 0, failed: 0, cancelled: 0, open: 0 });

const shownAs = (status: DeliveryStatus): keyof Counts => (isFinal(status) ? status : 'open');

export function toOverview(
  { since, until }: OverviewSpan,
  stepSeconds: number,
  found: {
    made: CountRow[];
    times: ResponseTimes | undefined;
    waiting: WaitingRow[];
    troubled: TroubledEndpointRow[];
  },
): Overview {
  const stepMs = stepSeconds * 1000;
  const buckets = new Map<number, Counts>();
  for (let at = Math.floor(since.getTime() / stepMs) * stepMs; at < until.getTime(); at += stepMs)
    buckets.set(at, none());
  const totals = none();
  for (const { at, status, count } of found.made) {
    for (const sum of [totals, buckets.get(at.getTime())]) if (sum) sum[shownAs(status)] += count;
  }
  const ended = totals.succeeded + totals.failed + totals.cancelled;
  return {
    since: since.toISOString(),
    until: until.toISOString(),
    stepSeconds,
    buckets: [...buckets].map(([at, sum]) => ({ at: new Date(at).toISOString(), ...sum })),
    totals,
    ...(ended > 0 && { successRate: totals.succeeded / ended }),
    ...(found.times && { responseTime: found.times }),
    waiting: toWaiting(found.waiting),
    endpointsInTrouble: found.troubled.map((row) => ({
      id: row.id,
      url: row.url,
      status: row.status,
      ...(row.disabled_reason !== null && { disabledReason: row.disabled_reason }),
      ...(row.failing_since && { failingSince: row.failing_since.toISOString() }),
      ...(row.last_failure_at && { lastFailureAt: row.last_failure_at.toISOString() }),
    })),
  };
}

/** @param rows by the hour in which they wake */
function toWaiting(rows: readonly WaitingRow[]): Overview['waiting'] {
  const sum = { pending: 0, delivering: 0, retrying: 0, held: 0 };
  const due = new Map<string, number>();
  for (const { status, due: at, count } of rows) {
    if (Object.hasOwn(sum, status)) sum[status as keyof typeof sum] += count;
    if (at) due.set(at.toISOString(), (due.get(at.toISOString()) ?? 0) + count);
  }
  const [nextAt] = rows.flatMap(({ next_at }) => (next_at ? [next_at.toISOString()] : [])).sort();
  return {
    ...sum,
    ...(nextAt !== undefined && { nextAt }),
    due: [...due].map(([at, count]) => ({ at, count })),
  };
}
