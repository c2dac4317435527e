import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onShutdown } from '../src/local/shutdown.ts';
import { startReceiver } from './arrivals.ts';
import { describeMachine } from './machine.ts';
import { type Measured, measureAll, type Sites } from './measure.ts';
import { type Report, table, toRows } from './report.ts';
import type { Scenario } from './scenario.ts';
import { allScenarios, chosen } from './scenarios/index.ts';
import { startSite } from './site.ts';

/**
 * Measures the embedded product on this machine, beside the raw baseline, and prints a table and JSON. Exits with 1
 * when a scenario broke off.
 *
 * `--quick`: a few seconds of each scenario. `--only <names>`: these scenarios, by name, with commas.
 * `--sleepers <count>`: how many deliveries sleep, default 2000, and `--woken <count>`: how many of them wake at once,
 * default 1000. `--json <file>`: the JSON goes there. `--profile`: keeps CPU profiles of the measured processes, in
 * `profiles/`.
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
      sleepers: { type: 'string' },
      woken: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'boolean' },
    },
  });
  const { quick = false, json, profile = false } = values;
  const sleeping = count('sleepers', values.sleepers ?? (quick ? '200' : '2000'), 100, 100_000);
  const counts = { sleeping, woken: count('woken', values.woken ?? (quick ? '50' : '1000'), 1, sleeping) };
  const scenarios = chosen(allScenarios(counts), values.only);
  const startedAt = new Date().toISOString();
  const machine = await describeMachine(folder, progress);

  const running = new Set<{ stop(): Promise<void> }>();
  let stopping = false;
  onShutdown(async () => {
    stopping = true;
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
    const profiles = join(root, 'profiles', startedAt.replaceAll(':', '-'));
    const profiling = profile ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
    if (profile) progress(`CPU profiles go to ${profiles}; Chromium's DevTools read them.`);
    const start = (what: string, program: string, settings = {}) => {
      progress(`Starting the ${what}…`);
      return startSite({ args: [...profiling, program], dataDir: join(folder, what), root, settings });
    };
    const product = join(root, 'dist', 'posthaste.js');
    const measured: Record<string, Measured> = {};
    const measure = async (name: string, sites: Sites, some: readonly Scenario[]) => {
      const onBegin = (site: string, { title }: Scenario) => progress(`Measuring the ${site}: ${title}…`);
      measured[name] = await measureAll({ scenarios: some, sites, arrivals, quick, onBegin });
    };
    const shared = scenarios.filter(({ alone }) => !alone);
    if (shared.length > 0)
      await during(await start('raw baseline', join(folder, 'raw.js')), async (raw) =>
        during(await start('product', product), (site) => measure('shared', { product: site, raw }, shared)),
      );
    for (const scenario of scenarios) {
      const { name, alone, twin } = scenario;
      if (!alone || stopping) continue;
      await during(await start(`product for ${name}`, product, alone), async (site) => {
        if (!twin) return measure(name, { product: site }, [scenario]);
        const beside = await start(`product beside that for ${name}`, product, alone);
        return during(beside, () => measure(name, { product: site, twin: beside }, [scenario]));
      });
    }

    const all = Object.values(measured);
    const warnings = all.flatMap((one) => one.warnings);
    for (const line of warnings.slice(0, 3)) progress(`The product warned: ${line}`);
    return {
      startedAt,
      quick,
      machine,
      figures: toRows(
        all.flatMap((one) => one.product),
        all.flatMap((one) => one.raw),
      ),
      failures: all.flatMap((one) => one.failures),
      repeats: arrivals.repeats(),
      othersShare: Object.fromEntries(
        Object.entries(measured).map(([name, { othersShare }]) => [name, othersShare]),
      ),
      warnings: warnings.length,
    } satisfies Report;
  });

  console.log(`\n${table(report)}\n`);
  const text = JSON.stringify(report, undefined, 2);
  if (json) writeFileSync(json, `${text}\n`);
  else console.log(text);
  process.exit(report.failures.length > 0 ? 1 : 0);
}

function count(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`--${option} takes a number from ${least} to ${most}`);
}

function progress(line: string): void {
  console.error(`  ${line}`);
}
