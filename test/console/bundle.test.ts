import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { builtConsole } from './built-console.ts';

/** Most script that the first page may load until it can be used, in bytes on the wire. */
const MOST_FIRST_SCRIPT_BYTES = 150_000;

interface Chunk {
  file: string;
  imports?: string[];
}

let folder: string;
beforeAll(async () => {
  folder = await builtConsole();
}, 120_000);

test('the first page loads at most 150 kB of compressed script', () => {
  const manifest: Record<string, Chunk> = JSON.parse(
    readFileSync(join(folder, '.vite', 'manifest.json'), 'utf8'),
  );
  const eager = new Set<string>();
  const follow = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || eager.has(chunk.file)) return;
    eager.add(chunk.file);
    chunk.imports?.forEach(follow);
  };
  // Of nobody that has signed in.
  for (const part of ['index.html', 'session/sign-in.tsx']) follow(part);
  expect(eager.size).toBeGreaterThan(1);
  const bytes = [...eager].map((file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length);
  const loaded = bytes.reduce((sum, one) => sum + one, 0);
  console.log(`The first page loads ${loaded} bytes of compressed script.`);
  expect(loaded).toBeLessThanOrEqual(MOST_FIRST_SCRIPT_BYTES);
});

test('the page holds no script or style of its own, and nothing from elsewhere', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  expect(page).not.toMatch(/<script(?![^>]*\ssrc="\/assets\/)/);
  expect(page).not.toMatch(/<style|\son\w+=|(?:src|href)="(?!\/assets\/)/);
});
