import type { Delivery } from '../api/client.ts';
import { momentsOf } from '../parts/times.ts';
import { type LogsSearch, statusesOf } from './filter.ts';

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
