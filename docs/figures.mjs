// Writes what the fault suite measured into the tables of reliability.md:
//
//   FAULT_FIGURES=figures.jsonl npm run test:faults && node docs/figures.mjs figures.jsonl && npx biome format --write docs/reliability.md
//
// A cell that ends in `<!-- figure: name of the case -->` is filled in, and after `<!-- measured -->` comes when and
// where it was. Of a case that was measured several times the last line counts, and one that was not measured stays as it is.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const PAGE = new URL('reliability.md', import.meta.url);

/** How each measurement is told, in this order; a name that is not here is told as it is. */
const WORDS = {
  events: (n) => `${n} events`,
  slept: (n) => `${n} more asleep`,
  presses: (n) => `${n} presses`,
  heeded: (n) => `${n} of them heeded`,
  resends: (n) => `${n} resends`,
  kills: (n) => (n > 1 ? `killed ${n} times` : ''),
  connections: (n) => `${n} connections taken`,
  refused: (n) => `${n} refused, then repeated`,
  deadlocks: (n) => `${n} ${n === 1 ? 'deadlock' : 'deadlocks'}`,
  outageMs: (ms) => `away for ${seconds(ms)}`,
  frozenMs: (ms) => `still for ${seconds(ms)}`,
  acceptedInMs: (ms) => `accepted in ${seconds(ms)}`,
  stoppedInMs: (ms) => `stopped in ${seconds(ms)}`,
  furthestOffMs: (ms) => `signed times off by ${seconds(ms)} at most`,
  posts: (n) => `${n} requests`,
  duplicates: (n) => (n === 0 ? 'no repeat' : `${n} of them ${n === 1 ? 'a repeat' : 'repeats'}`),
  interrupted: (n) => (n > 0 ? `${n} interrupted` : ''),
  workflows: (n) => `${n} workflows`,
  bursts: (n) => `${n} ${n === 1 ? 'burst' : 'bursts'}`,
  atOnce: (n) => `at most ${n} at once`,
  meanOffPlace: (n) => `${n} places off on average`,
  recoveredMs: (ms) => `all delivered after ${seconds(ms)}`,
  quietP50Ms: (ms) => `the other account's p50 ${ms} ms before`,
  quietP99Ms: (ms) => `p99 ${ms} ms before`,
  pressedP50Ms: (ms) => `p50 ${ms} ms meanwhile`,
  pressedP99Ms: (ms) => `p99 ${ms} ms meanwhile`,
  aloneLateMs: (ms) => `a sleeper of its own at most ${ms} ms late before`,
  amongLateMs: (ms) => `${ms} ms meanwhile`,
  seed: () => '',
};

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Give the file that FAULT_FIGURES named: node docs/figures.mjs figures.jsonl');
  process.exit(1);
}
const measured = new Map(
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ case: name, ...figures }) => [name, told(figures)]),
);

const unused = new Set(measured.keys());
const page = readFileSync(PAGE, 'utf8')
  .replace(/\| [^|\n]*<!-- figure: (.+?) -->/g, (cell, name) => {
    unused.delete(name);
    const figures = measured.get(name);
    if (figures === undefined) console.error(`not measured: ${name}`);
    return figures === undefined ? cell : `| ${figures} <!-- figure: ${name} -->`;
  })
  .replace(/(?<=<!-- measured -->)[^\n]*/, ` ${circumstances()}`);
writeFileSync(PAGE, page);
for (const name of unused) console.error(`in no table: ${name}`);

function told(figures) {
  const names = [...new Set([...Object.keys(WORDS), ...Object.keys(figures)])];
  return names
    .filter((name) => figures[name] !== undefined)
    .map((name) => (WORDS[name] ?? ((n) => `${name} ${n}`))(figures[name]))
    .filter((words) => words !== '')
    .join(', ');
}

function circumstances() {
  const day = new Date().toISOString().slice(0, 10);
  return `Measured on ${day}, with Node.js ${process.versions.node} on ${availableParallelism()} cores.`;
}

function seconds(ms) {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toPrecision(2))} s`;
}
