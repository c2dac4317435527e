import type { Arrivals } from './arrivals.ts';
import { createMerchant, type Merchant } from './merchant.ts';
import { watchOthers } from './others.ts';
import type { Figure, Scenario, Stage } from './scenario.ts';
import type { Site } from './site.ts';

/** What came of scenarios on one site. */
export interface Measured {
  figures: Figure[];
  /** Scenarios that broke off, and why. */
  failures: string[];
  /** The share of all cores, 0 to 1, that went to processes that are no part of the bench. */
  othersShare: number;
  warnings: string[];
}

export interface Measuring {
  scenarios: readonly Scenario[];
  site: Site;
  arrivals: Arrivals;
  quick: boolean;
  /** Told before each scenario. */
  onBegin(scenario: Scenario): void;
}

/** Measures one scenario after the other. One that breaks off does not keep the others from being measured. */
export async function measureAll({
  scenarios,
  site,
  arrivals,
  quick,
  onBegin,
}: Measuring): Promise<Measured> {
  const others = watchOthers(() => site.cpu(arrivals.pid));
  const figures: Figure[] = [];
  const failures: string[] = [];
  for (const scenario of scenarios) {
    onBegin(scenario);
    const merchants: Merchant[] = [];
    const stage: Stage = {
      async open(account, endpoints) {
        const merchant = await createMerchant(site, arrivals, account, endpoints);
        merchants.push(merchant);
        return merchant;
      },
      arrivals,
      cpu: () => site.cpu(arrivals.pid),
      rssMb: site.rssMb,
      readyAfterMs: site.readyAfterMs,
      quick,
    };
    try {
      figures.push(...(await scenario.measure(stage)));
    } catch (error) {
      failures.push(`${scenario.name}: ${(error as Error).message}`);
    } finally {
      for (const merchant of merchants) merchant.close();
    }
  }
  return { figures, failures, othersShare: others(), warnings: site.warnings() };
}
