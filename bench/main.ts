import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onShutdown } from '../src/local/shutdown.ts';
import { type Arrivals, startReceiver } from './arrivals.ts';
import { describeMachine } from './machine.ts';
import { createMerchant } from './merchant.ts';
import { watchOthers } from './others.ts';
import { type Report, table, toRows } from './report.ts';
import type { Figure, Scenario } from './scenario.ts';
import { backlog } from './scenarios/backlog.ts';
import { latencyAt } from './scenarios/latency.ts';
import { sustained } from './scenarios/sustained.ts';
import { type Site, startSite } from './site.ts';

const SCENARIOS: readonly Scenario[] = [
  sustained,
  backlog,
  latencyAt(10),
  latencyAt(20, { receivedP50: 30, ingestP50: 8 }),
  latencyAt(40),
];

/**
 * Measures the embedded product on this machine, beside the raw baseline, and prints a table and JSON.
 *
 * `--quick`: a few seconds of each scenario. `--only <names>`: these scenarios, by name, with commas. `--json <file>`:
 * the JSON goes there. `--cpu-prof <folder>`: keeps CPU profiles of the measured processes.
 *
 * @param place.root where the product is built; `place.folder`: holds the bench's programs, and takes the data
 */
export async function main(
  argv: readonly string[],
  { root, folder }: { root: string; folder: string },
): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean' },
      only: { type: 'string' },
      json: { type: 'string' },
      'cpu-prof': { type: 'string' },
    },
  });
  const { quick = false, json, 'cpu-prof': profiles } = values;
  const scenarios = chosen(values.only);
  const startedAt = new Date().toISOString();
  const machine = await describeMachine(folder, progress);

  const running = new Set<{ stop(): Promise<void> }>();
  onShutdown(async () => {
    await Promise.all([...running].map((part) => part.stop()));
  });
  const during = async <Part extends { stop(): Promise<void> }, T>(
    part: Part,
    work: (part: Part) => Promise<T>,
  ): Promise<T> => {
    running.add(part);
    try {
      return await work(part);
    } finally {
      running.delete(part);
      await part.stop();
    }
  };

  const report = await during(await startReceiver(join(folder, 'receiver.js')), async (arrivals) => {
    const measure = async (name: string, args: readonly string[]) => {
      progress(`Starting the ${name}…`);
      const site = await startSite({ args, dataDir: join(folder, name), root });
      return during(site, async () => {
        const others = watchOthers(() => site.cpu(arrivals.pid));
        const figures = await measureAll(scenarios, name, site, arrivals, quick);
        return { figures, othersShare: others(), warnings: site.warnings() };
      });
    };
    const profiling = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
    const raw = await measure('raw', [...profiling, join(folder, 'raw.js')]);
    const product = await measure('product', [...profiling, join(root, 'dist', 'posthaste.js')]);
    for (const line of product.warnings.slice(0, 3)) progress(`The product warned: ${line}`);
    return {
      startedAt,
      quick,
      machine,
      figures: toRows(product.figures, raw.figures),
      repeats: arrivals.repeats(),
      othersShare: { product: product.othersShare, raw: raw.othersShare },
      warnings: product.warnings.length,
    } satisfies Report;
  });

  console.log(`\n${table(report)}\n`);
  const text = JSON.stringify(report, undefined, 2);
  if (json) writeFileSync(json, `${text}\n`);
  else console.log(text);
  process.exit(0);
}

function chosen(only: string | undefined): readonly Scenario[] {
  if (only === undefined) return SCENARIOS;
  const known = new Map(SCENARIOS.map((scenario) => [scenario.name, scenario]));
  return only.split(',').map((name) => {
    const scenario = known.get(name);
    if (!scenario) throw new Error(`--only takes ${[...known.keys()].join(', ')}; "${name}" is none of them`);
    return scenario;
  });
}

async function measureAll(
  scenarios: readonly Scenario[],
  name: string,
  site: Site,
  arrivals: Arrivals,
  quick: boolean,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const scenario of scenarios) {
    progress(`Measuring the ${name}: ${scenario.title}…`);
    const merchant = await createMerchant(site, scenario.name, arrivals.url);
    try {
      const stage = { merchant, arrivals, cpu: () => site.cpu(arrivals.pid), quick };
      figures.push(...(await scenario.measure(stage)));
    } finally {
      merchant.close();
    }
  }
  return figures;
}

function progress(line: string): void {
  console.error(`  ${line}`);
}
