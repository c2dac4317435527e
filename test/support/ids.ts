import { randomBytes } from 'node:crypto';

/** An id as the database makes them, of a moment. */
export function newId(prefix: string, at = Date.now()): string {
  return `${prefix}_${at.toString(16).padStart(12, '0')}${randomBytes(10).toString('hex')}`;
}
