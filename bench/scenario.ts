import type { Arrivals } from './arrivals.ts';
import type { CpuMs } from './cpu.ts';
import type { Merchant } from './merchant.ts';

/** What a scenario is given, on the product and on the raw baseline alike. */
export interface Stage {
  /** An account of the scenario's own whose one endpoint is the receiver. */
  merchant: Merchant;
  arrivals: Arrivals;
  cpu(): CpuMs;
  /** Measure for a few seconds only: shows that all works, and no more. */
  quick: boolean;
}

/** One measured number. */
export interface Figure {
  /** For programs: `latency_20.received_p50`. */
  id: string;
  /** For people. */
  label: string;
  unit: '/s' | 'ms' | 'count';
  value: number;
  /** What the product promises; a baseline is not held to it. */
  target?: { atLeast: number } | { atMost: number };
}

/** One way of loading the product, and what is measured meanwhile. */
export interface Scenario {
  /** Names the account, and begins the ids of its figures. */
  name: string;
  /** For people, while it runs. */
  title: string;
  measure(stage: Stage): Promise<Figure[]>;
}
