import { createHash } from 'node:crypto';

/** What makes two requests the same event. */
export interface EventContent {
  event: string;
  data: unknown;
  createdAt?: Date | undefined;
  deliverAt?: Date | undefined;
  orderingKey?: string | undefined;
}

/**
 * SHA-256 (hex) of what a caller sent as an event, whatever the order of members and the spelling of times and
 * numbers. `data` must be nested no deeper than the API allows.
 */
export function contentHash({ event, data, createdAt, deliverAt, orderingKey }: EventContent): string {
  const content = [event, data, createdAt?.toISOString() ?? null, deliverAt?.toISOString() ?? null];
  // Not where there is none: the hash is that of events which were stored before there were keys.
  if (orderingKey !== undefined) content.push(orderingKey);
  return createHash('sha256').update(sorted(content)).digest('hex');
}

/** JSON text with the members of every object in the order of their names. */
function sorted(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sorted(member)}`).join(',')}}`;
}
