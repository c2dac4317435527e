import type { Scenario } from '../scenario.ts';
import { backlog } from './backlog.ts';
import { burstOff } from './burst-off.ts';
import { coldStart } from './cold-start.ts';
import { fairness } from './fairness.ts';
import { fanOut } from './fan-out.ts';
import { latencyAt } from './latency.ts';
import { sleepers } from './sleepers.ts';
import { sustained } from './sustained.ts';

/** How many sleep, and how many of them wake at once. */
export interface SleeperCounts {
  sleeping: number;
  woken: number;
}

/** All there are, in the order of the table. */
export function allScenarios({ sleeping, woken }: SleeperCounts): readonly Scenario[] {
  return [
    sustained('sustained', 1, 1000),
    sustained('batch', 50, 1500),
    backlog,
    latencyAt(10, { receivedP50: 20, receivedP99: 100 }),
    latencyAt(20, { receivedP50: 20, receivedP99: 100 }),
    latencyAt(50, { receivedP50: 50, receivedP99: 250, ingestP50: 6, ingestP99: 40 }),
    latencyAt(200, { receivedP50: 100, receivedP99: 400 }),
    burstOff,
    fanOut,
    sleepers(sleeping, woken),
    fairness,
    coldStart,
  ];
}

/**
 * @param only names, with commas; undefined: all
 * @throws Error that tells the names, for one that is none
 */
export function chosen(all: readonly Scenario[], only: string | undefined): readonly Scenario[] {
  if (only === undefined) return all;
  const known = new Map(all.map((scenario) => [scenario.name, scenario]));
  return only.split(',').map((name) => {
    const scenario = known.get(name);
    if (!scenario) throw new Error(`--only takes ${[...known.keys()].join(', ')}; "${name}" is none of them`);
    return scenario;
  });
}
