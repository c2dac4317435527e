import { expect, test } from 'vitest';
import { paintFor } from '../../src/cli/paint.ts';
import { barLine } from '../../src/cli/progress-bar.ts';
import { fields, table } from '../../src/cli/table.ts';
import { manyLines, oneLine } from '../../src/cli/text.ts';
import { pastTime, relative } from '../../src/cli/times.ts';

const plain = paintFor({}, {});
const coloured = paintFor({ isTTY: true }, {});
const now = new Date('2026-01-31T12:00:00Z');

interface Row {
  id: string;
  status: string;
  url: string;
  tries: number;
}
const columns = [
  { title: 'id', value: ({ id }: Row) => id },
  { title: 'status', value: ({ status }: Row) => status, style: 'status' },
  { title: 'url', value: ({ url }: Row) => url, shrinks: true },
  { title: 'tries', value: ({ tries }: Row) => tries, right: true },
] as const;
const rows = [
  { id: 'ep_1', status: 'active', url: 'https://shop.example.com/a/rather/long/address', tries: 7 },
  { id: 'ep_22', status: 'disabled', url: 'https://x.example', tries: 1234 },
];

test('columns are aligned, numbers to the right', () => {
  expect(table(columns, rows, { width: 200, paint: plain }).split('\n')).toEqual([
    'ID     STATUS    URL                                             TRIES',
    'ep_1   active    https://shop.example.com/a/rather/long/address      7',
    'ep_22  disabled  https://x.example                                1234',
  ]);
});

test('a column with nothing in it is left out', () => {
  const sparse = [...columns, { title: 'next', value: () => undefined }];
  expect(table(sparse, rows, { width: 200, paint: plain })).toBe(
    table(columns, rows, { width: 200, paint: plain }),
  );
});

test('a narrow terminal cuts what may be cut, and never an id', () => {
  const lines = table(columns, rows, { width: 44, paint: plain }).split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(44);
  expect(lines[1]).toMatch(/^ep_1 {3}active {4}https:\S+… +7$/);
  expect(table(columns, rows, { width: 5, paint: plain })).toContain('ep_22');
});

test('colours do not change how columns stand', () => {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  const painted = table(columns, rows, { width: 200, paint: coloured });
  expect(painted).toContain('\u001b[32mactive\u001b[39m');
  const bare = table(columns, rows, { width: 200, paint: plain });
  expect(painted.replace(escapes, '')).toBe(bare);
});

test('colours are for terminals alone, and not with NO_COLOR', () => {
  expect(paintFor({ isTTY: true }, { NO_COLOR: '1' })('red', 'x')).toBe('x');
  expect(paintFor({ isTTY: false }, {})('red', 'x')).toBe('x');
  expect(coloured('red', 'x')).not.toBe('x');
});

test('what others chose cannot command the terminal', () => {
  expect(oneLine('a\u001b]0;title\u0007b\nc')).toBe('a ]0;title b c');
  expect(manyLines('a\r\n\tb\u001b[2J')).toBe('a\n\tb\ufffd[2J');
  const lines = fields(
    [
      ['url', 'x\u001b[31m\ny'],
      ['none', undefined],
    ],
    plain,
  );
  expect(lines).toBe('url  x [31m y');
});

test('a progress bar says how far it is, within the width', () => {
  const half = barLine({ done: 12, total: 24, label: 'running' }, 80);
  expect(half).toBe(`${'█'.repeat(12)}${'░'.repeat(12)}  50 %  12 of 24  running`);
  expect(barLine({ done: 1, total: 3, label: 'x'.repeat(99) }, 40).length).toBeLessThan(40);
  expect(barLine({ done: 0, total: 0, label: '' }, 80)).toContain('100 %');
});

test('times are said as distances, and taken so', () => {
  expect(relative('2026-01-31T11:55:00Z', now)).toBe('5 min ago');
  expect(relative('2026-01-31T14:00:00Z', now)).toBe('in 2 h');
  expect(relative('2025-01-31T14:00:00Z', now)).toBe('2025-01-31 14:00');
  expect(pastTime('2h', now)).toBe('2026-01-31T10:00:00.000Z');
  expect(pastTime('2026-01-30', now)).toBe('2026-01-30T00:00:00.000Z');
  for (const wrong of ['yesterday', '5', '2 h', '2026-13-45'])
    expect(() => pastTime(wrong, now)).toThrow(/not a time/);
});
