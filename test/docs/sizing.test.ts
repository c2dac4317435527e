import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ROOT, textOf } from './markdown.ts';

const SCRIPT = 'docs/sizing.mjs';
const FILES = [
  SCRIPT,
  ...['docs/sizing-model.mjs', 'docs/scaling.md', 'README.md', 'docs/bench.json', 'docs/storage.json'],
  ...['src/dispatch/starts.ts', 'src/dispatch/burst-timing.ts'],
];

function check(root: string) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, SCRIPT), '--check'], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

/** What the script needs, with one file changed. */
function copyWith(file: string, change: (text: string) => string): string {
  const root = temporaryFolder();
  for (const name of FILES) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    cpSync(join(ROOT, name), join(root, name));
  }
  const before = readFileSync(join(root, file), 'utf8');
  expect(change(before)).not.toBe(before);
  writeFileSync(join(root, file), change(before));
  return root;
}

test('the tables of docs/scaling.md and README.md are what docs/sizing.mjs computes from docs/bench.json', () => {
  expect(check(ROOT)).toEqual({ status: 0, stderr: '' });
});

test.each([
  ['a size', 'docs/scaling.md', (text: string) => text.replace('1 billion', '2 billion')],
  ['a verdict on the front page', 'README.md', (text: string) => text.replace(/\| +met /, '| fine ')],
  ['a verdict', 'docs/scaling.md', (text: string) => text.replace(/\*\*missed\*\*|\| +met /, '| fine ')],
  ['a measured figure', 'docs/bench.json', (text: string) => text.replace(/"value": \d+/, '"value": 1')],
  ['the bytes of a row', 'docs/storage.json', (text: string) => text.replace(/\d+/, '7')],
])('the script tells when %s was changed by hand', (_what, file, change) => {
  const { status, stderr } = check(copyWith(file, change));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^differs: /m);
});

test('the page and its picture tell the limits that the relay has', () => {
  const relay = textOf('src/dispatch/starts.ts') + textOf('src/dispatch/burst-timing.ts');
  const constant = (name: string) => new RegExp(`^const ${name} = (\\d+)`, 'm').exec(relay)?.[1];
  const page = textOf('docs/scaling.md').replace(/\s+/g, ' ');
  const picture = textOf('docs/bursts.svg');
  expect(page).toContain(`${constant('STARTS_PER_S')} starts a second for each core`);
  expect(page).toContain(
    `up to ${constant('MOST_IN_BURST')} deliveries, for up to ${constant('LONGEST_GAP_MS')} ms`,
  );
  expect(picture).toContain(`up to ${constant('MOST_IN_BURST')} deliveries`);
  expect(picture).toContain(`for up to ${constant('LONGEST_GAP_MS')} ms`);
  const saved = /^export const MOST_SAVED = (\d+)/m.exec(textOf('src/dispatch/pace.ts'))?.[1];
  expect(page).toContain(`up to ${saved} saved up`);
});
