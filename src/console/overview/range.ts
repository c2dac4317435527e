/** The spans that can be looked back on. */
export const RANGES = {
  '24h': { label: '24 hours', ms: 86_400_000, refreshMs: 15_000 },
  // The longer the span, the more there is to count.
  '7d': { label: '7 days', ms: 604_800_000, refreshMs: 30_000 },
  '31d': { label: '31 days', ms: 2_678_400_000, refreshMs: 60_000 },
} as const;

export type Range = keyof typeof RANGES;

export interface OverviewSearch {
  /** Default: 24 hours. */
  range?: Range;
}

export function readRange({ range }: Record<string, unknown>): OverviewSearch {
  return typeof range === 'string' && Object.hasOwn(RANGES, range) ? { range: range as Range } : {};
}
