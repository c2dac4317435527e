// Writes the tables of scaling.md, and the short one of README.md: what the bench measured, and the sizes that follow.
//
//   npm run bench -- --json docs/bench.json && node docs/sizing.mjs && npx biome format --write docs README.md
//
// What stands between `<!-- sizing: name -->` and `<!-- /sizing -->` is made anew. With --check nothing is written, and
// what stands there is compared: it exits with 1 and names what differs.
import { readFileSync, writeFileSync } from 'node:fs';
import * as model from './sizing-model.mjs';

const PAGES = ['scaling.md', '../README.md'].map((page) => new URL(page, import.meta.url));
const PART_NAMES = {
  node: 'Node',
  temporal: 'Temporal',
  postgres: 'PostgreSQL',
  temporalDatabase: "Temporal's database",
};

/** What the short table tells, beside whatever missed its target. */
const TELLING = new Set([
  'sustained.deliveries',
  'sustained.cpu_all',
  'batch.deliveries',
  'latency_20.received_p50',
  'latency_20.received_p99',
  'latency_200.received_p50',
  'latency_200.received_p99',
  'burst_off.deliveries',
  'fan_out.rss_growth',
  'sleepers.idle_cpu',
  'fairness.flood_p99_to_quiet',
  'fairness.hanging_p99_to_quiet',
  'cold_start.ready',
]);

const TABLES = { circumstances, results, targets, costs, sizes, rows, actions, assumptions };

const check = process.argv.includes('--check');
const unused = new Set(Object.keys(TABLES));
for (const file of PAGES) {
  const page = readFileSync(file, 'utf8');
  const made = page.replace(
    /(<!-- sizing: (\w+) -->\n)([\s\S]*?)(<!-- \/sizing -->)/g,
    (_, begin, name, before, end) => {
      unused.delete(name);
      const text = `\n${TABLES[name]()}\n\n`;
      if (check && plain(text) !== plain(before)) console.error(`differs: ${name}. Run node docs/sizing.mjs`);
      return begin + text + end;
    },
  );
  if (!check) writeFileSync(file, made);
  else if (plain(made) !== plain(page)) process.exitCode = 1;
}
for (const name of unused) console.error(`on no page: ${name}`);
if (unused.size > 0) process.exitCode = 1;

/** Without what a formatter of tables adds. */
function plain(text) {
  return text.replace(/ +/g, ' ').replace(/-{2,}/g, '-').trim();
}

function circumstances() {
  const { machine, startedAt, quick, othersShare, repeats, warnings, failures } = model.bench;
  const { versions } = machine;
  const disturbed = Math.max(0, ...Object.values(othersShare));
  return [
    `Measured on ${startedAt.slice(0, 10)}: everything on ${machine.cores} cores (${machine.cpu}, ${machine.memoryGB} GB, `,
    `${machine.platform}), Node.js ${versions.node}, Temporal ${versions.temporal}, PostgreSQL ${versions.postgres}, `,
    `synced to disk in ${amount(machine.fsyncMs)} ms. Other programs took ${Math.round(disturbed * 100)} % of the cores at most. `,
    `Deliveries received twice: ${repeats}; warnings logged: ${warnings}; scenarios broken off: ${failures.length}.`,
    quick ? ' **A quick run: too short for its figures to mean anything.**' : '',
  ].join('');
}

function results() {
  return table(
    ['', 'product', 'raw', 'ratio', 'target', ''],
    model.bench.figures.map(({ label, unit, value, raw, ratio, target, met }) => [
      `${label.replace(/^ +/, '… ')} (${unit})`,
      amount(value),
      amount(raw),
      amount(ratio),
      target ? wordsOf(target) : '',
      met === undefined ? '' : met ? 'met' : '**missed**',
    ]),
  );
}

/** What there is a target for, in short. */
function targets() {
  let above = '';
  const rows = model.bench.figures.map(({ id, label, unit, value, target, met }) => {
    const isPart = label.startsWith(' ');
    if (!isPart) above = label;
    const name = isPart ? `${above.replace(/(, p99)?:.*|, p99$/, '')}: ${label.trim()}` : label;
    const isShown = target && (TELLING.has(id) || !met);
    return isShown && [`${name} (${unit})`, amount(value), wordsOf(target), met ? 'met' : '**missed**'];
  });
  return table(['', 'measured', 'target', ''], rows.filter(Boolean));
}

function wordsOf({ atLeast, atMost, atLeastOfRaw }) {
  return [
    atLeast !== undefined && `at least ${atLeast}`,
    atMost !== undefined && `at most ${atMost}`,
    atLeastOfRaw !== undefined && `at least ${atLeastOfRaw} of raw`,
  ]
    .filter(Boolean)
    .join(', ');
}

function costs() {
  const measured = (scenario, part) =>
    part === 'temporalDatabase' ? '' : amount(model.figure(`${scenario}.cpu_${part}`));
  const gathered = Math.round(model.carriedAt(model.figure('sustained.deliveries')));
  return table(
    [
      'ms of CPU',
      'one workflow each',
      `in bursts of about ${gathered}`,
      'so a workflow costs',
      'and a delivery besides',
    ],
    Object.entries(PART_NAMES).map(([part, name]) => [
      name,
      measured('burst_off', part),
      measured('sustained', part),
      amount(model.COSTS[part].workflow),
      amount(model.COSTS[part].delivery),
    ]),
  );
}

function sizes() {
  return table(
    [
      'deliveries/s',
      'a day',
      '`POSTHASTE_BURST`',
      'a workflow carries',
      'API and worker processes',
      ...['node', 'temporal', 'temporalDatabase', 'postgres'].map((part) => `cores: ${PART_NAMES[part]}`),
    ],
    model.RATES.flatMap((perS) =>
      [true, false].map((bursts) => {
        const { aDay, atPeak, processes, cores } = model.sizeFor(perS, bursts);
        return [
          bursts ? count(perS) : '',
          bursts ? large(aDay) : '',
          bursts ? 'on' : 'off',
          count(atPeak),
          count(processes),
          ...['node', 'temporal', 'temporalDatabase', 'postgres'].map((part) => amount(cores[part])),
        ];
      }),
    ),
  );
}

function rows() {
  const { events, deliveries, attempts, wal } = model.storage;
  const told = [
    `An event of 400 bytes takes ${count(events)} bytes, its delivery ${count(deliveries)} and the attempt ${count(attempts)},`,
    `indexes included, and no room between; the write-ahead log grows by ${count(wal)}.`,
  ].join(' ');
  const days = table(
    ['deliveries/s', 'rows a day', 'GB a day', `TB kept, ${model.KEPT_DAYS} days`, 'WAL at the peak, MB/s'],
    model.RATES.map((perS) => {
      const { rowsADay, gbADay, keptTb, walMbPerS } = model.sizeFor(perS, true);
      return [count(perS), large(rowsADay), amount(gbADay), amount(keptTb), amount(walMbPerS)];
    }),
  );
  return `${days}\n\n${told}`;
}

function actions() {
  return table(
    [
      'deliveries/s',
      'actions a delivery, `on`',
      'a month, `on`',
      'a month, `off`',
      'actions/s at the peak, `on`',
      '`off`',
    ],
    model.RATES.map((perS) => {
      const [on, off] = [true, false].map((bursts) => model.sizeFor(perS, bursts));
      return [
        count(perS),
        on.actions.toFixed(2),
        large(on.actionsAMonth),
        large(off.actionsAMonth),
        count(on.actionsPerSAtPeak),
        count(off.actionsPerSAtPeak),
      ];
    }),
  );
}

function assumptions() {
  const perCent = (share) => `${Math.round(share * 100)} %`;
  return [
    `- The busiest minutes see ${model.PEAK} times the average; cores are for those, and ${perCent(model.BUSY)} busy then.`,
    `- Each event goes to one endpoint. ${perCent(model.GO_ON)} of deliveries are not settled by their first attempt, and succeed with their second.`,
    `- A process keeps one core busy and stands on a host with ${model.bench.machine.cores}: it starts ${model.STARTS_PER_S} workflows a second one by one, more go out in bursts. Every process takes its share of the events; when fewer accept them, bursts are larger.`,
    `- Temporal's own database, which the bench does not have, takes ${model.TEMPORAL_DATABASE_MS} ms for each workflow: measured apart, on PostgreSQL.`,
    `- Tables are ${perCent(model.PAGES_FULL)} full of rows that count; the rest is old versions of rows, or room where they were.`,
  ].join('\n');
}

function table(head, body) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...body.map(line)].join(
    '\n',
  );
}

function amount(value) {
  if (value === undefined) return '';
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? count(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function count(value) {
  return Math.round(value).toLocaleString('en-US');
}

/** `26 million` */
function large(value) {
  const [size, word] = value >= 1e9 ? [1e9, ' billion'] : value >= 1e6 ? [1e6, ' million'] : [1, ''];
  return `${Number((value / size).toPrecision(3)).toLocaleString('en-US')}${word}`;
}
