import { DELIVERY_STATUSES, type DeliveryStatus } from '../../domain/delivery.ts';
import type { Delivery } from '../api/client.ts';

/** What stands in the address of a view of the logs, so that it can be kept and sent to others. */
export interface LogsSearch {
  /** By commas. */
  status?: string;
  code?: number;
  event?: string;
  endpoint?: string;
  eventId?: string;
  /** So long until now; in place of `since`. */
  last?: keyof typeof SPANS;
  since?: string;
  until?: string;
  live?: true;
}

export const SPANS = {
  '1h': { label: 'Last hour', ms: 3_600_000 },
  '24h': { label: 'Last 24 hours', ms: 86_400_000 },
  '7d': { label: 'Last 7 days', ms: 604_800_000 },
} as const;

const isStatus = (word: string): word is DeliveryStatus =>
  (DELIVERY_STATUSES as readonly string[]).includes(word);

/** In the order of the words, so that the same choice is the same address. */
export function statusesOf({ status = '' }: Pick<LogsSearch, 'status'>): DeliveryStatus[] {
  const given = status.split(',').filter(isStatus);
  return DELIVERY_STATUSES.filter((one) => given.includes(one));
}

/** What of an address is understood; the rest is dropped. */
export function readSearch(given: Record<string, unknown>): LogsSearch {
  const text = (name: string) => {
    const value = given[name];
    // The router reads what looks like a number as one.
    return typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined;
  };
  const time = (name: string) => {
    const at = new Date(text(name) ?? Number.NaN);
    return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  };
  const code = Number(text('code'));
  const last = text('last');
  const found: LogsSearch = {
    status: statusesOf({ status: text('status') }).join(',') || undefined,
    code: isCode(code) ? code : undefined,
    event: text('event'),
    endpoint: text('endpoint'),
    eventId: text('eventId'),
    last: last && Object.hasOwn(SPANS, last) ? (last as keyof typeof SPANS) : undefined,
    since: time('since'),
    until: time('until'),
    live: given.live === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

export const isCode = (code: number) => Number.isInteger(code) && code >= 100 && code <= 999;

/** Without what is no filter. */
export const isFiltered = ({ live: _, ...filters }: LogsSearch) => Object.keys(filters).length > 0;

/** As the list takes it. */
export function toQuery(search: LogsSearch, now: Date) {
  const statuses = statusesOf(search);
  return {
    ...(statuses.length > 0 && { status: statuses }),
    endpointId: search.endpoint,
    event: search.event,
    eventId: search.eventId,
    responseStatus: search.code,
    since: search.last ? new Date(now.getTime() - SPANS[search.last].ms).toISOString() : search.since,
    until: search.until,
  };
}

/** Whether a delivery belongs into the view as it stands now. */
export function isWanted(delivery: Delivery, search: LogsSearch, now: Date): boolean {
  const { status, endpointId, event, eventId, responseStatus, since } = toQuery(search, now);
  return (
    (!status || status.includes(delivery.status)) &&
    (!endpointId || endpointId === delivery.endpointId) &&
    (!event || event === delivery.event) &&
    (!eventId || eventId === delivery.eventId) &&
    (!responseStatus || responseStatus === delivery.attempts.at(-1)?.responseStatus) &&
    (!since || since <= delivery.createdAt)
  );
}
