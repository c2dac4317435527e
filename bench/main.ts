import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onShutdown } from '../src/local/shutdown.ts';
import { startReceiver } from './arrivals.ts';
import { describeMachine } from './machine.ts';
import { type Measured, measureAll } from './measure.ts';
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
    const measured: Record<string, Measured> = {};
    const measure = async (name: string, program: string, some: readonly Scenario[]) => {
      if (some.length === 0 || stopping) return;
      progress(`Starting the ${name}…`);
      const [first] = some;
      const site = await startSite({
        args: [...profiling, program],
        dataDir: join(folder, name),
        root,
        settings: first?.alone ?? {},
      });
      const onBegin = ({ title }: Scenario) => progress(`Measuring the ${name}: ${title}…`);
      measured[name] = await during(site, () =>
        measureAll({ scenarios: some, site, arrivals, quick, onBegin }),
      );
    };
    const product = join(root, 'dist', 'posthaste.js');
    const shared = scenarios.filter(({ alone }) => !alone);
    await measure('raw', join(folder, 'raw.js'), shared);
    await measure('product', product, shared);
    for (const scenario of scenarios)
      if (scenario.alone) await measure(`product for ${scenario.name}`, product, [scenario]);

    const { raw, ...ofProduct } = measured;
    const products = Object.values(ofProduct);
    const warnings = products.flatMap((one) => one.warnings);
    for (const line of warnings.slice(0, 3)) progress(`The product warned: ${line}`);
    return {
      startedAt,
      quick,
      machine,
      figures: toRows(
        products.flatMap(({ figures }) => figures),
        raw?.figures ?? [],
      ),
      failures: Object.entries(measured).flatMap(([name, { failures }]) =>
        failures.map((failure) => `${name}: ${failure}`),
      ),
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
