import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, textOf } from './markdown.ts';

/** A row of a table: its cells by the heads of their columns. */
type Row = Record<string, string>;

interface Proof {
  /** From the root. */
  file: string;
  /** A test's name, or a part of it, as it stands in the source or with what a table puts in. */
  names: string[];
}

function rowsOf(page: string): Row[] {
  const tables = textOf(page).matchAll(/^(\|.+)\n\|[ |:-]+\n((?:\|.*\n)+)/gm);
  return [...tables].flatMap(([, head = '', body = '']) => {
    const names = cellsOf(head);
    return body
      .trimEnd()
      .split('\n')
      .map((line) => Object.fromEntries(cellsOf(line).map((cell, n) => [names[n] ?? '', cell])));
  });
}

const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** What a cell names: `[file](../test/file.test.ts) “a name”, “another”; [other](…) “…”`. */
function proofsOf(cell = ''): Proof[] {
  return [...cell.matchAll(/\[[^\]]+\]\(\.\.\/(test\/[^)]+)\)([^[]*)/g)].map(([, file = '', rest = '']) => ({
    file,
    names: [...rest.matchAll(/“([^”]+)”/g)].map(([, name = '']) => name),
  }));
}

/** A text that is the first argument of a call, with a function after it: what tests, and groups of them, are named. */
const TITLE = /\(\s*(['"`])((?:\\.|(?!\1).)+)\1,\s*(?:\{[^}]*\},\s*)?(?:async\b|\(|\w+ =>|\w+[,)])/;

const titlesOf = (source: string) =>
  [...source.matchAll(new RegExp(TITLE, 'g'))].map(([, , title = '']) => title);

/** Of the tests alone, where none is in a group. */
const testsOf = (source: string) =>
  source
    .split(/^(?= {0,2}test\b)/m)
    .slice(1)
    .map((statement) => TITLE.exec(statement)?.[2] ?? '');

/** What a table puts into a title must stand in the file, too. */
function isNamed(name: string, source: string): boolean {
  return titlesOf(source).some((title) => title.includes(name) || fits(name, title, source));
}

function fits(name: string, title: string, source: string): boolean {
  const parts = title.split(/%[a-z]|\$\{[^}]+\}|\$\w+/);
  const literal = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const filled = new RegExp(`^${literal.join('(.+)')}$`).exec(name)?.slice(1) ?? [];
  return filled.length > 0 && filled.every((text) => source.includes(text));
}

const sourceOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe.each([
  ['docs/security.md', 55],
  ['docs/reliability.md', 55],
])('%s', (page, atLeast) => {
  const rows = rowsOf(page).filter((row) => 'test' in row);

  test('has a test, by its name, for each row', () => {
    expect(rows.length).toBeGreaterThan(atLeast);
    const without = rows.filter(({ test: cell }) => {
      const proofs = proofsOf(cell);
      return proofs.length === 0 || proofs.some(({ names }) => names.length === 0);
    });
    expect(without).toEqual([]);
  });

  test('names tests that are there', () => {
    const missing = rows
      .flatMap(({ test: cell }) => proofsOf(cell))
      .flatMap(({ file, names }) => {
        const source = sourceOf(file);
        return names.filter((name) => !isNamed(name, source)).map((name) => `${file}: ${name}`);
      });
    expect(missing).toEqual([]);
  });
});

test('docs/security.md says of each threat which file holds the defence', () => {
  const defences = rowsOf('docs/security.md').map(({ defence }) => defence ?? '');
  expect(defences.filter((defence) => !/\]\(\.\.\/(?!test\/)[^)]+\)/.test(defence))).toEqual([]);
});

test('docs/reliability.md has a figure for each promise', () => {
  const figures = rowsOf('docs/reliability.md').map(({ figure = '' }) =>
    figure.replace(/<!--.*-->/, '').trim(),
  );
  expect(figures.filter((figure) => figure === '')).toEqual([]);
});

describe('docs/reliability.md and the fault suite', () => {
  const proofs = rowsOf('docs/reliability.md').flatMap(({ test: cell }) => proofsOf(cell));
  const figures = [...textOf('docs/reliability.md').matchAll(/<!-- figure: (.+?) -->/g)].map(
    ([, name = '']) => name,
  );
  const suite = readdirSync(join(ROOT, 'test/faults'))
    .filter((file) => file.endsWith('.faults.test.ts'))
    .map((file) => ({ file: `test/faults/${file}`, source: sourceOf(`test/faults/${file}`) }));
  const points = [
    ...sourceOf('test/faults/crash-points.faults.test.ts').matchAll(
      /^ {4}name: '(.+)',$([\s\S]*?)^ {2}\},$/gm,
    ),
  ].map(([, name = '', more = '']) => ({
    name: `killed ${name}`,
    only: /only: '(.+)'/.exec(more)?.[1],
  }));
  /** What the suite makes of them: one test for each mode. */
  const cases = points.flatMap(({ name, only }) => [
    ...(only === 'in bursts' ? [] : [name]),
    ...(only === 'alone' ? [] : [`${name}, in bursts`]),
  ]);

  test('every test of the suite is named, and every step at which a process is killed', () => {
    const unnamed = suite.flatMap(({ file, source }) => {
      const names = proofs.filter((proof) => proof.file === file).flatMap((proof) => proof.names);
      return testsOf(source).filter(
        (title) => !names.some((name) => title.includes(name) || fits(name, title, source)),
      );
    });
    expect(unnamed).toEqual([]);
    expect(points.length).toBeGreaterThan(10);
    const named = proofs.flatMap(({ names }) => names);
    expect(named).toEqual(expect.arrayContaining(points.map(({ name }) => name)));
  });

  test('every figure is one that the suite measures, and none is left out', () => {
    const measured = suite.flatMap(({ source }) =>
      [...source.matchAll(/\bfigure\(\s*(['"`])(.+?)\1/g)].map(([, , name = '']) => ({ name, source })),
    );
    expect(measured.length).toBeGreaterThan(10);
    const known = (name: string) =>
      cases.includes(name) || measured.some((one) => one.name === name || fits(name, one.name, one.source));
    expect(figures.filter((name) => !known(name))).toEqual([]);
    expect(figures).toEqual(expect.arrayContaining(cases));
    const absent = measured.filter(
      ({ name, source }) => !figures.some((figure) => figure === name || fits(figure, name, source)),
    );
    expect(absent.map(({ name }) => name)).toEqual([]);
  });
});
