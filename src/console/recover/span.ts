import type { Scope } from './queries.ts';

const HOUR_MS = 3_600_000;

/** How far back, for those who need no exact time. */
export const SPANS = {
  '1h': { label: '1 h', ms: HOUR_MS },
  '24h': { label: '24 h', ms: 24 * HOUR_MS },
  '7d': { label: '7 d', ms: 7 * 24 * HOUR_MS },
  '30d': { label: '30 d', ms: 30 * 24 * HOUR_MS },
} as const;

/** What the form holds. */
export interface RecoverValues {
  span: keyof typeof SPANS | 'custom';
  /** RFC 3339; undefined while it is half typed. Of `custom` alone. */
  since: string | undefined;
  /** Likewise; until now when absent. */
  until: string | undefined;
  /** All of them when absent. */
  endpoint: string | undefined;
  withCancelled: boolean;
}

/** What is meant; undefined while the times make no sense. */
export function scopeOf({ span, since, until, withCancelled }: RecoverValues, now: Date): Scope | undefined {
  const status: Scope['status'] = withCancelled ? ['failed', 'cancelled'] : ['failed'];
  if (span !== 'custom') return { since: new Date(now.getTime() - SPANS[span].ms).toISOString(), status };
  if (!since || Date.parse(since) >= now.getTime() || (until && until <= since)) return undefined;
  return { since, until, status };
}
