import { addressText } from './address-text.ts';

export const SPANS = {
  '1h': { label: 'Last hour', ms: 3_600_000 },
  '24h': { label: 'Last 24 hours', ms: 86_400_000 },
  '7d': { label: 'Last 7 days', ms: 604_800_000 },
  '31d': { label: 'Last 31 days', ms: 2_678_400_000 },
} as const;

/** A time as it stands in the address of a list: any, when it is empty. */
export interface Times {
  /** So long until now; in place of `since`. */
  last?: keyof typeof SPANS | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** What of an address is understood; the rest is dropped. */
export function timesOf(given: Record<string, unknown>): Times {
  const last = addressText(given.last);
  const [since, until] = [momentIn(given.since), momentIn(given.until)];
  return {
    ...(last && Object.hasOwn(SPANS, last) && { last: last as keyof typeof SPANS }),
    ...(since && { since }),
    ...(until && { until }),
  };
}

function momentIn(given: unknown): string | undefined {
  const at = new Date(addressText(given) ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** As the API takes them. */
export function momentsOf({ last, since, until }: Times, now: Date): { since?: string; until?: string } {
  return { since: last ? new Date(now.getTime() - SPANS[last].ms).toISOString() : since, until };
}
