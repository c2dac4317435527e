import { z } from 'zod';
import {
  countMade,
  countWaiting,
  listTroubledEndpoints,
  type OverviewSpan,
  recentResponseTimes,
} from '../db/overview.ts';
import { accountParams, instant, resourceId } from './contracts.ts';
import {
  MOST_IN_TROUBLE,
  overviewSchema,
  SAMPLED_DELIVERIES,
  stepOf,
  toOverview,
} from './overview-contract.ts';
import { invalidRequest } from './problem.ts';
import { type Route, route } from './route.ts';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 31;

export const overviewRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/accounts/:account/overview',
    operationId: 'getOverview',
    tag: 'Deliveries',
    summary: 'Read how deliveries fare',
    description:
      'Counts every delivery of the span when it is asked: of a day of 100,000 in about half a second, of a longer span in ' +
      'as much longer. Ask when somebody looks, not all the time.',
    access: 'read',
    portal: true,
    params: accountParams,
    query: z.strictObject({
      since: instant.optional().describe('From then on; default 24 hours before `until`.'),
      until: instant
        .optional()
        .describe(`Before then; default now. At most ${LONGEST_DAYS} days after \`since\`.`),
      endpointId: resourceId.optional().describe('Only what goes to this endpoint.'),
    }),
    answers: { 200: { description: 'The overview.', schema: overviewSchema } },
    async handle({ params: { account }, query, deps: { pool } }) {
      const span = spanOf(query);
      const step = stepOf(span);
      // One after the other, on one connection at a time: others read, too.
      const made = await countMade(pool, account, span, step);
      const times = await recentResponseTimes(pool, account, span, SAMPLED_DELIVERIES);
      const waiting = await countWaiting(pool, account, span.endpointId);
      const troubled = await listTroubledEndpoints(pool, account, span.endpointId, MOST_IN_TROUBLE);
      return { status: 200, body: toOverview(span, step, { made, times, waiting, troubled }) };
    },
  }),
];

/** @throws {AppError} 400 */
function spanOf(query: {
  since?: Date | undefined;
  until?: Date | undefined;
  endpointId?: string | undefined;
}): OverviewSpan {
  const until = query.until ?? new Date();
  const since = query.since ?? new Date(until.getTime() - DAY_MS);
  const longMs = until.getTime() - since.getTime();
  if (longMs <= 0 || longMs > LONGEST_DAYS * DAY_MS) {
    const detail = `Expected a time before \`until\`, by ${LONGEST_DAYS} days at most.`;
    throw invalidRequest([{ parameter: 'since', detail }]);
  }
  return { since, until, endpointId: query.endpointId };
}
