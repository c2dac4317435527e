import type { Arrivals } from './arrivals.ts';
import type { CpuMs } from './cpu.ts';
import type { EndpointSettings, Merchant } from './merchant.ts';

/** What a scenario is given, on the product and on the raw baseline alike. */
export interface Stage {
  /** Opens an account of the scenario's own, whose endpoints are the receiver's. Closed after the scenario. */
  open(account: string, endpoints?: EndpointSettings): Promise<Merchant>;
  /** The same at the twin. */
  openAtTwin: Stage['open'];
  arrivals: Arrivals;
  cpu(): CpuMs;
  /** What the Node process holds in memory, in MB. */
  rssMb(): number;
  /** How long its start took, from the spawn of its process. */
  readyAfterMs: number;
  /** Measure for a few seconds only: shows that all works, and no more. */
  quick: boolean;
}

/** What the product promises of a figure: all that is given. */
export interface Target {
  atLeast?: number;
  atMost?: number;
  /** Least share of the raw baseline's figure in the same run. */
  atLeastOfRaw?: number;
}

/** One measured number. */
export interface Figure {
  /** For programs: `latency_20.received_p50`. */
  id: string;
  /** For people. */
  label: string;
  /** `×`: one measured number to another. */
  unit: '/s' | 'ms' | 's' | 'count' | 'MB' | '%' | '×';
  value: number;
  /** A baseline is not held to it. */
  target?: Target;
}

/** One way of loading the product, and what is measured meanwhile. */
export interface Scenario {
  /** Begins the ids of its figures, and the names of its accounts. */
  name: string;
  /** For people, while it runs. */
  title: string;
  /**
   * Settings of a product that is started for this scenario alone. Absent: it shares one with the others, and is
   * measured on the raw baseline too.
   */
  alone?: Readonly<Record<string, string>>;
  /** Another such product is started beside the one that is alone, to be compared with at the same time. */
  twin?: true;
  measure(stage: Stage): Promise<Figure[]>;
}
