import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastLines } from '../../src/local/background-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthaste-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function logOf(...lines: string[]): string {
  const file = join(folder, 'server.log');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const numbered = (what: string, count: number) => Array.from({ length: count }, (_, at) => `${what} ${at}`);

test('an error message has the last lines of a log', () => {
  expect(lastLines(logOf(...numbered('line', 9)), 2)).toBe('line 7\nline 8');
});

test('of a Go program that panicked it has those that say why, however long it says where', () => {
  const why = 'panic: failed assigning ephemeral port: failed to assign a free port';
  const log = logOf('starting', why, '', 'goroutine 1 [running]:', ...numbered('main.go', 40));
  expect(lastLines(log, 3)).toBe(`${why}\n\ngoroutine 1 [running]:`);
});

test('of a log that is not there it has nothing', () => {
  expect(lastLines(join(folder, 'none.log'))).toBe('');
});
