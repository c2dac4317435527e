import type { Arrivals } from './arrivals.ts';
import { type CpuMs, NO_CPU } from './cpu.ts';
import { untilSettled } from './idle.ts';
import { createMerchant, type Merchant } from './merchant.ts';
import { watchOthers } from './others.ts';
import type { Figure, Scenario, Stage } from './scenario.ts';
import type { Site } from './site.ts';

/** What is up at once. */
export interface Sites {
  product: Site;
  /** The raw baseline, which is measured as the product is. */
  raw?: Site | undefined;
  /** Another product, for a scenario that compares the two. */
  twin?: Site | undefined;
}

/** What came of scenarios on these sites. */
export interface Measured {
  product: Figure[];
  raw: Figure[];
  /** Scenarios that broke off, and why. */
  failures: string[];
  /** The share of all cores, 0 to 1, that went to processes that are no part of the bench. */
  othersShare: number;
  /** Of the products. */
  warnings: string[];
}

interface Measuring {
  scenarios: readonly Scenario[];
  sites: Sites;
  arrivals: Arrivals;
  quick: boolean;
  /** Told before each scenario on each site. */
  onBegin(site: 'raw' | 'product', scenario: Scenario): void;
}

/**
 * Measures one scenario after the other, on the raw baseline and at once thereafter on the product, for a machine is not as
 * fast in the next minute as it was in the last. One that breaks off does not keep the others from being measured.
 */
export async function measureAll(measuring: Measuring): Promise<Measured> {
  const { scenarios, sites, arrivals, onBegin } = measuring;
  const { product, raw, twin } = sites;
  const ours = () => together([product, raw, twin].map((site) => site?.cpu(arrivals.pid) ?? NO_CPU));
  const others = watchOthers(ours);
  const figures: Record<'raw' | 'product', Figure[]> = { raw: [], product: [] };
  const failures: string[] = [];
  for (const scenario of scenarios)
    for (const name of ['raw', 'product'] as const) {
      const site = sites[name];
      if (!site) continue;
      onBegin(name, scenario);
      await untilSettled(ours);
      try {
        figures[name].push(...(await measure(scenario, site, measuring)));
      } catch (error) {
        failures.push(`${name}: ${scenario.name}: ${(error as Error).message}`);
      }
    }
  const warnings = [product, twin].flatMap((site) => site?.warnings() ?? []);
  return { ...figures, failures, othersShare: others(), warnings };
}

async function measure(
  scenario: Scenario,
  site: Site,
  { sites: { twin }, arrivals, quick }: Measuring,
): Promise<Figure[]> {
  const merchants: Merchant[] = [];
  const openAt =
    (at: Site): Stage['open'] =>
    async (account, endpoints) => {
      const merchant = await createMerchant(at, arrivals, account, endpoints);
      merchants.push(merchant);
      return merchant;
    };
  try {
    return await scenario.measure({
      open: openAt(site),
      openAtTwin: openAt(twin ?? site),
      arrivals,
      cpu: () => site.cpu(arrivals.pid),
      rssMb: site.rssMb,
      readyAfterMs: site.readyAfterMs,
      quick,
    });
  } finally {
    for (const merchant of merchants) merchant.close();
  }
}

/** The bench is the same for all of them. */
function together(sites: readonly CpuMs[]): CpuMs {
  return sites.reduce((sum, { node, temporal, postgres, bench }) => ({
    node: sum.node + node,
    temporal: sum.temporal + temporal,
    postgres: sum.postgres + postgres,
    bench: Math.max(sum.bench, bench),
  }));
}
