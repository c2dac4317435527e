import { addressText } from '../parts/address-text.ts';
import { type Times, timesOf } from '../parts/times.ts';

/** What the address of the list narrows it to. */
export interface EventsSearch extends Times {
  event?: string | undefined;
}

export function eventsSearchOf(given: Record<string, unknown>): EventsSearch {
  const event = addressText(given.event);
  return { ...(event && { event }), ...timesOf(given) };
}

/** What the page for sending begins with: a type, or an event like which it is. */
export interface SendSearch {
  type?: string;
  like?: string;
}

export function sendSearchOf(given: Record<string, unknown>): SendSearch {
  const [type, like] = [addressText(given.type), addressText(given.like)];
  return { ...(type && { type }), ...(like && { like }) };
}
