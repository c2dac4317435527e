import { DEFAULT_RETRY_SCHEDULE_S } from '../../domain/schedule.ts';
import type { Endpoint, EndpointPatch, NewEndpoint, Profile } from '../api/client.ts';

/** What the form holds; `undefined` where the default is kept. */
export interface EndpointValues {
  url: string;
  profile: Profile;
  events: string[];
  description: string;
  headers: { key: number; name: string; value: string }[];
  schedule: number[] | undefined;
  timeoutMs: number | undefined;
  maxConcurrency: number | undefined;
  ordered: boolean;
}

export const NEW: EndpointValues = {
  url: '',
  profile: 'standard',
  events: ['*'],
  description: '',
  headers: [],
  schedule: undefined,
  timeoutMs: undefined,
  maxConcurrency: undefined,
  ordered: false,
};

export function valuesOf(endpoint: Endpoint): EndpointValues {
  const {
    url,
    profile,
    events,
    description = '',
    headers,
    retrySchedule,
    timeoutMs,
    maxConcurrency,
    ordered,
  } = endpoint;
  return {
    url,
    profile,
    events,
    description,
    headers: Object.entries(headers).map(([name, value], key) => ({ key, name, value })),
    schedule: `${retrySchedule}` === `${DEFAULT_RETRY_SCHEDULE_S}` ? undefined : retrySchedule,
    timeoutMs,
    maxConcurrency,
    ordered,
  };
}

function headersOf({ headers }: EndpointValues): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, value }) => [name, value]));
}

export function newEndpointOf(values: EndpointValues): NewEndpoint {
  const { url, profile, events, description, schedule, timeoutMs, maxConcurrency, ordered } = values;
  return {
    url: url.trim(),
    profile,
    events,
    ...(description && { description }),
    ...(values.headers.length > 0 && { headers: headersOf(values) }),
    ...(schedule && { retrySchedule: schedule }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    ...(ordered && { ordered }),
  };
}

/** Only what was changed, so that a default that was kept stays one. */
export function patchOf(before: EndpointValues, values: EndpointValues): EndpointPatch {
  const changed = <Key extends keyof EndpointValues>(key: Key) =>
    JSON.stringify(before[key]) !== JSON.stringify(values[key]);
  return {
    ...(changed('url') && { url: values.url.trim() }),
    ...(changed('events') && { events: values.events }),
    ...(changed('description') && { description: values.description || null }),
    ...(changed('headers') && { headers: headersOf(values) }),
    ...(changed('schedule') && { retrySchedule: values.schedule ?? null }),
    ...(changed('timeoutMs') && { timeoutMs: values.timeoutMs ?? null }),
    ...(changed('maxConcurrency') && { maxConcurrency: values.maxConcurrency ?? null }),
    ...(changed('ordered') && { ordered: values.ordered }),
  };
}
