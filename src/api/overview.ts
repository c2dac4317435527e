import { z } from 'zod';
import { countWithin } from '../db/counting-limit.ts';
import {
  countMade,
  countWaiting,
  listTroubledEndpoints,
  type OverviewSpan,
  recentResponseTimes,
} from '../db/overview.ts';
import { inTransaction, type Queryable } from '../db/pool.ts';
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
/** Of one statement. What takes longer would keep others who count waiting. */
const COUNTED_WITHIN_S = 5;

export const overviewRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/accounts/:account/overview',
    operationId: 'getOverview',
    tag: 'Deliveries',
    summary: 'Read how deliveries fare',
    description:
      'Counts every delivery of the span when it is asked: of a day of 100,000 in about half a second, of a longer span in ' +
      'as much longer, and gives up after five. Ask when somebody looks, not all the time: an account is counted once at a time, ' +
      'and who asks the same meanwhile is given the same answer.',
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
    async handle({ params: { account }, query, deps: { pool, countingTurns } }) {
      const span = spanOf(query);
      const body = await countingTurns.inTurn(account, JSON.stringify(query), () =>
        inTransaction(pool, (db) => countWithin(db, COUNTED_WITHIN_S, () => read(db, account, span))),
      );
      return { status: 200, body };
    },
  }),
];

async function read(db: Queryable, account: string, span: OverviewSpan) {
  const step = stepOf(span);
  const made = await countMade(db, account, span, step);
  const times = await recentResponseTimes(db, account, span, SAMPLED_DELIVERIES);
  const waiting = await countWaiting(db, account, span.endpointId);
  const troubled = await listTroubledEndpoints(db, account, span.endpointId, MOST_IN_TROUBLE);
  return toOverview(span, step, { made, times, waiting, troubled });
}

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
