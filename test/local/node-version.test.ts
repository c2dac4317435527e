import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../docs/markdown.ts';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const [, major = 0, minor = 0] = (
  /^>=(\d+)\.(\d+)$/.exec(JSON.parse(read('package.json')).engines.node) ?? []
).map(Number);

/** Whether a range, as `engines` have them, takes the oldest Node.js that we do. */
function takesOurs(range: string): boolean {
  return range.split('||').some((alternative) => {
    const [, operator, least, of = 0] = /^\s*(>=|\^)?\s*(\d+)(?:\.(\d+))?/.exec(alternative) ?? [];
    const known = Number(least) === major;
    return operator === '>='
      ? Number(least) < major || (known && Number(of) <= minor)
      : known && Number(of) <= minor;
  });
}

test('every package that runs with the product takes the oldest Node.js that it does', () => {
  const packages: Record<string, { dev?: true; engines?: { node?: string } }> = JSON.parse(
    read('package-lock.json'),
  ).packages;
  const asked = Object.entries(packages).flatMap(([name, { dev, engines }]) =>
    engines?.node && !dev ? [[name, engines.node] as const] : [],
  );
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter(([, range]) => !takesOurs(range))).toEqual([]);
});

test.each([
  ['README.md', `Node.js ${major}.${minor} or newer`],
  ['docs/operators.md', `Node.js ${major}.${minor} or newer`],
  ['src/local/node-version.mjs', `[${major}, ${minor}]`],
  ['src/local/build.mjs', `'node${major}.${minor}'`],
  ['bench/run.mjs', `'node${major}.${minor}'`],
])('%s says the same version as package.json', (file, said) => expect(read(file)).toContain(said));
