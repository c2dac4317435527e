import { DELIVERY_STATUSES, type DeliveryStatus } from '../../domain/delivery.ts';
import { addressText } from '../parts/address-text.ts';
import { type Times, timesOf } from '../parts/times.ts';

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
