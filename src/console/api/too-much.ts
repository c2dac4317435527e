import { PosthasteError } from './client.ts';

/** What took too long to count would only do so again: it is asked for when somebody wants it. */
export function isTooMuch(error: unknown): boolean {
  return error instanceof PosthasteError && error.code === 'count_too_long';
}
