import { z } from 'zod';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../domain/delivery.ts';
import { integerInQuery } from './contracts.ts';

const isStatus = (word: string): word is DeliveryStatus =>
  (DELIVERY_STATUSES as readonly string[]).includes(word);

const oneStatus = `(${DELIVERY_STATUSES.join('|')})`;
const statusList = { type: 'string', pattern: `^${oneStatus}(,${oneStatus})*$` } as const;

/** `?status=` of calls that are about deliveries. */
export const statuses = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat().flatMap((list) => list.split(',')))
  .refine((words) => words.every(isStatus), `Expected one or more of ${DELIVERY_STATUSES.join(', ')}.`)
  .transform((words) => words.filter(isStatus))
  .meta({
    anyOf: [statusList, { type: 'array', items: statusList }],
    description: `One or more of ${DELIVERY_STATUSES.join(', ')}; repeat it or separate them by commas.`,
  });

/** `?responseStatus=` of them. */
export const responseStatus = integerInQuery(100, 999).describe('That the last attempt was answered with.');
