import { z } from 'zod';
import type { PageRequest, Position } from '../db/page.ts';
import { integerInQuery } from './contracts.ts';
import { invalidRequest } from './problem.ts';

/** `?limit=` and `?cursor=` of every list. */
export const pageQuery = {
  limit: integerInQuery(1, 250).default(50).describe('How many to answer, 1 to 250; 50 when absent.'),
  cursor: z.string().max(512).optional().describe('The `nextCursor` of the page before.'),
};

/** The answer of every list. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    nextCursor: z.string().nullable().describe('Give it as `cursor` for the next page; null on the last.'),
  });
}

export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** @param list which list this is, so that no cursor is taken for another's */
export function pageRequest(
  list: string,
  query: { limit: number; cursor?: string | undefined },
): PageRequest {
  return {
    rows: query.limit + 1,
    after: query.cursor === undefined ? undefined : decodeCursor(list, query.cursor),
  };
}

/** Cuts the rows of a query that was given {@link PageRequest} to the page asked for. */
export function toPage<Row, T>(
  list: string,
  { limit }: { limit: number },
  rows: readonly Row[],
  positionOf: (row: Row) => Position,
  toItem: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(toItem),
    nextCursor: rows.length > limit && last ? encodeCursor(list, positionOf(last)) : null,
  };
}

const cursorSchema = z.tuple([
  z.literal(1),
  z.string(),
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    .refine((at) => isRealTime(at)),
  z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^\0\p{Cs}]*$/u),
]);

export function encodeCursor(list: string, { at, id }: Position): string {
  return Buffer.from(JSON.stringify([1, list, at, id])).toString('base64url');
}

/** @throws AppError 400 for anything that {@link encodeCursor} did not make for this list */
export function decodeCursor(list: string, cursor: string): Position {
  const parsed = cursorSchema.safeParse(jsonOf(cursor));
  if (!parsed.success || parsed.data[1] !== list) {
    throw invalidRequest([
      { parameter: 'cursor', detail: 'Expected the nextCursor of a page of this same list.' },
    ]);
  }
  const [, , at, id] = parsed.data;
  return { at, id };
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** 30 February and the year 0000 have the form of a date, and Postgres would refuse them. */
function isRealTime(at: string): boolean {
  if (at.startsWith('0000')) return false;
  const parsed = new Date(`${at.slice(0, 23)}Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 23) === at.slice(0, 23);
}
