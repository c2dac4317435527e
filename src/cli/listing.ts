import type { Command } from 'commander';
import { eachItem, type Page } from '../../packages/client/src/index.ts';
import { CommandError } from './exit-codes.ts';

export interface ListOptions {
  limit: number;
  all?: boolean;
}

const DEFAULT_LIMIT = 30;
/** Most that a page has. */
const MOST_ON_A_PAGE = 250;

export function withListOptions(command: Command): Command {
  return command
    .option('-n, --limit <count>', 'how many to show, newest first', wholeNumber, DEFAULT_LIMIT)
    .option('--all', 'show all of them');
}

/** The newest of a list, over as many pages as it takes. */
export async function newest<T>(
  { limit, all }: ListOptions,
  fetchPage: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const most = all ? Number.POSITIVE_INFINITY : limit;
  const pages = eachItem((cursor) =>
    fetchPage({ limit: Math.min(most, MOST_ON_A_PAGE), ...(cursor !== undefined && { cursor }) }),
  );
  const found: T[] = [];
  for await (const item of pages) if (found.push(item) >= most) break;
  return found;
}

/** Of an option. @throws {CommandError} */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new CommandError(`"${text}" is not a whole number from 1 on.`);
  return Number(text);
}

/** `a,b` of an option, which may be given again. */
export function commaList(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').map((part) => part.trim())];
}

/** An option that may be given again. */
export function repeated(text: string, before: string[] = []): string[] {
  return [...before, text];
}
