import { headerFault, MOST_HEADERS } from '../../domain/custom-header.ts';
import { parsedUrl } from '../../domain/parsed-url.ts';
import { SUBSCRIPTION_PATTERN } from '../../domain/subscription.ts';
import type { EndpointValues } from './values.ts';

/** As the API has them. */
export const LIMITS = {
  urlLength: 2048,
  descriptionLength: 1000,
  events: 100,
  timeoutMs: [1000, 30_000],
  maxConcurrency: [1, 1000],
  waits: 20,
  waitS: [1, 604_800],
} as const;

export type Faults = Partial<
  Record<'url' | 'events' | 'description' | 'headers' | 'schedule' | 'timeoutMs' | 'maxConcurrency', string>
>;

/** What the API would refuse, said while it is typed. */
export function faultsOf(values: EndpointValues): Faults {
  const found: Faults = {
    url: urlFault(values.url.trim()),
    events: eventsFault(values.events),
    description:
      values.description.length > LIMITS.descriptionLength
        ? `At most ${LIMITS.descriptionLength} characters.`
        : undefined,
    headers: headersFault(values.headers),
    schedule: scheduleFault(values.schedule ?? []),
    timeoutMs: rangeFault(values.timeoutMs, LIMITS.timeoutMs),
    maxConcurrency: rangeFault(values.maxConcurrency, LIMITS.maxConcurrency),
  };
  return Object.fromEntries(Object.entries(found).filter(([, fault]) => fault !== undefined));
}

function urlFault(url: string): string | undefined {
  if (url === '') return 'Needed.';
  if (url.length > LIMITS.urlLength) return `At most ${LIMITS.urlLength} characters.`;
  if (!/^https?:$/.test(parsedUrl(url)?.protocol ?? ''))
    return 'Expected a URL such as https://shop.example.com/webhooks.';
  return undefined;
}

export function patternFault(pattern: string): string | undefined {
  return SUBSCRIPTION_PATTERN.test(pattern)
    ? undefined
    : `"${pattern}" is no event type ("order.completed"), prefix ("order.*", "order_*") or "*".`;
}

function eventsFault(events: string[]): string | undefined {
  if (events.length === 0) return 'Choose at least one.';
  if (events.length > LIMITS.events) return `At most ${LIMITS.events}.`;
  return events.map(patternFault).find((fault) => fault !== undefined);
}

function headersFault(headers: EndpointValues['headers']): string | undefined {
  if (headers.length > MOST_HEADERS) return `At most ${MOST_HEADERS} headers.`;
  const names = headers.map(({ name }) => name.toLowerCase());
  if (new Set(names).size < names.length) return 'The same header is given twice.';
  return headers.map(({ name, value }) => headerFault(name, value)).find((fault) => fault !== undefined);
}

export function scheduleFault(schedule: readonly number[]): string | undefined {
  if (schedule.length > LIMITS.waits) return `At most ${LIMITS.waits} retries.`;
  const [least, most] = LIMITS.waitS;
  const fits = schedule.every((wait) => Number.isInteger(wait) && wait >= least && wait <= most);
  return fits ? undefined : 'A wait is 1 second to 7 days.';
}

function rangeFault(given: number | undefined, [least, most]: readonly [number, number]): string | undefined {
  if (given === undefined) return undefined;
  return Number.isInteger(given) && given >= least && given <= most ? undefined : `From ${least} to ${most}.`;
}
