// What deliveries need, computed from what the bench measured (bench.json), what rows take (storage.json) and how the
// relay gathers bursts (src/dispatch/starts.ts, burst-timing.ts). What is assumed stands here by name, and scaling.md tells it.
import { readFileSync } from 'node:fs';

/** The busiest minutes of a day, to its average. */
export const PEAK = 3;
/** How busy cores may be at the peak. */
export const BUSY = 0.6;
/** The share of deliveries that their first attempt does not settle, and that their second does. */
export const GO_ON = 0.02;
/**
 * What a workflow costs more, in ms of CPU, on a Temporal server with PostgreSQL than on the bench's, which has SQLite
 * inside. Measured apart, 7 of it in the visibility table.
 */
export const TEMPORAL_DATABASE_MS = 10;
/**
 * How full pages are of rows that count. Updates leave old versions behind, whose room is used again once a vacuum found
 * it: of deliveries, 612 bytes of 803 in batches of 500, as measured with a vacuum after each.
 */
export const PAGES_FULL = 0.75;
/** Default of POSTHASTE_RETENTION_DAYS. */
export const KEPT_DAYS = 90;
/** What Temporal Cloud counts: start, marker, search attribute. */
export const ACTIONS_AT_ONCE = 3;
/** The same with a second attempt: a timer, an activity and another search attribute more. */
export const ACTIONS_WITH_RETRY = 6;
/** Start and marker, however many deliveries it carries. */
export const ACTIONS_OF_BURST = 2;

const DAY_S = 86_400;
const MONTH_DAYS = 30;
const BILLION_A_DAY = 1e9 / DAY_S;
/** Deliveries a second, on average. */
export const RATES = [10, 100, 1000, 10_000, BILLION_A_DAY];

const read = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');

export const bench = JSON.parse(read('bench.json'));
export const storage = JSON.parse(read('storage.json'));
const relay = read('../src/dispatch/starts.ts') + read('../src/dispatch/burst-timing.ts');

function constant(pattern) {
  const [, value] = new RegExp(`^const ${pattern};`, 'm').exec(relay) ?? [];
  if (value === undefined)
    throw new Error(`the relay (starts.ts, burst-timing.ts) has no ${pattern} any more`);
  return Number(value.replaceAll('_', ''));
}

/** Workflows a second that one process starts one by one, on a host like that of the bench. */
export const STARTS_PER_S =
  constant(`STARTS_PER_S = ([\\d_]+) \\* availableParallelism\\(\\)`) * bench.machine.cores;
export const MOST_IN_BURST = constant('MOST_IN_BURST = ([\\d_]+)');
const LONGEST_GAP_MS = constant('LONGEST_GAP_MS = ([\\d_]+)');
const GATHERED_PER_PACE = constant('GATHERED_PER_PACE = ([\\d_]+)');

export function figure(id) {
  const found = bench.figures.find((one) => one.id === id);
  if (!found) throw new Error(`docs/bench.json has no ${id}: run npm run bench -- --json docs/bench.json`);
  return found.value;
}

/** How many deliveries a workflow carries in a process that is given so many a second. */
export function carriedAt(perS) {
  if (perS <= STARTS_PER_S) return 1;
  const perMs = perS / 1000;
  const gapMs = Math.min(LONGEST_GAP_MS, Math.max(1000 / STARTS_PER_S, GATHERED_PER_PACE * perMs));
  return Math.max(1, Math.min(MOST_IN_BURST, perMs * gapMs));
}

export const PARTS = ['node', 'temporal', 'postgres'];

/** In ms of CPU, by part: what a delivery costs by itself, and what its workflow costs, however many it carries. */
export const COSTS = Object.fromEntries(
  PARTS.map((part) => {
    const alone = figure(`burst_off.cpu_${part}`);
    const carried = figure(`sustained.cpu_${part}`);
    const workflow = Math.min(
      alone,
      Math.max(0, alone - carried) / (1 - 1 / carriedAt(figure('sustained.deliveries'))),
    );
    return [part, { delivery: alone - workflow, workflow }];
  }),
);
COSTS.temporalDatabase = { delivery: 0, workflow: TEMPORAL_DATABASE_MS };

/** ms of CPU of one delivery, a workflow carrying so many; those that go on take two workflows' worth more. */
function costOf(part, carried) {
  const { delivery, workflow } = COSTS[part];
  const goesOn = carried > 1 ? 2 : 1;
  return delivery + workflow / carried + GO_ON * goesOn * (delivery + workflow);
}

/** Cores that are needed at the peak. */
const cores = (part, perS, carried) => (PEAK * perS * costOf(part, carried)) / 1000 / BUSY;

/** Temporal Cloud's actions of one delivery, a workflow carrying so many. */
function actionsOf(carried) {
  return carried > 1
    ? ACTIONS_OF_BURST / carried + GO_ON * ACTIONS_WITH_RETRY
    : ACTIONS_AT_ONCE + GO_ON * (ACTIONS_WITH_RETRY - ACTIONS_AT_ONCE);
}

/** @param bursts whether deliveries that wait may go out together */
export function sizeFor(perS, bursts) {
  const carriedBy = (processes, load) => (bursts ? carriedAt((load * perS) / processes) : 1);
  let processes = 1;
  // A process keeps about one core busy.
  while (cores('node', perS, carriedBy(processes, PEAK)) > processes) processes++;
  const atPeak = carriedBy(processes, PEAK);
  const actions = actionsOf(carriedBy(processes, 1));
  const bytes = (storage.events + storage.deliveries + storage.attempts) / PAGES_FULL;
  const aDay = perS * DAY_S;
  return {
    aDay,
    processes,
    atPeak,
    cores: Object.fromEntries(Object.keys(COSTS).map((part) => [part, cores(part, perS, atPeak)])),
    rowsADay: aDay * (3 + GO_ON),
    gbADay: (aDay * bytes) / 1e9,
    keptTb: (aDay * KEPT_DAYS * bytes) / 1e12,
    walMbPerS: (PEAK * perS * storage.wal) / 1e6,
    actions,
    actionsAMonth: actions * aDay * MONTH_DAYS,
    actionsPerSAtPeak: actionsOf(atPeak) * PEAK * perS,
  };
}
