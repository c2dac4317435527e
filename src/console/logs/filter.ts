import { DELIVERY_STATUSES, type DeliveryStatus } from '../../domain/delivery.ts';
import type { Delivery } from '../api/client.ts';
import { addressText } from '../parts/address-text.ts';
import { momentsOf, type Times, timesOf } from '../parts/times.ts';

/** What stands in the address of a view of the logs, so that it can be kept and sent to others. */
export interface LogsSearch extends Times {
  /** By commas. */
  status?: string;
  code?: number;
  event?: string;
  endpoint?: string;
  eventId?: string;
  live?: true;
}

const isStatus = (word: string): word is DeliveryStatus =>
  (DELIVERY_STATUSES as readonly string[]).includes(word);

/** In the order of the words, so that the same choice is the same address. */
export function statusesOf({ status = '' }: Pick<LogsSearch, 'status'>): DeliveryStatus[] {
  const given = status.split(',').filter(isStatus);
  return DELIVERY_STATUSES.filter((one) => given.includes(one));
}

/** What of an address is understood; the rest is dropped. */
export function readSearch(given: Record<string, unknown>): LogsSearch {
  const text = (name: string) => addressText(given[name]);
  const code = Number(text('code'));
  const found: LogsSearch = {
    status: statusesOf({ status: text('status') }).join(',') || undefined,
    code: isCode(code) ? code : undefined,
    event: text('event'),
    endpoint: text('endpoint'),
    eventId: text('eventId'),
    ...timesOf(given),
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
    ...momentsOf(search, now),
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
