import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PAGES, ROOT, textOf } from './markdown.ts';

/** Largest picture, in bytes. */
const LARGEST_PICTURE = 200_000;

describe.each(PAGES)('%s', (page) => {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const local = links.filter((target) => !/^https?:/.test(target));

  test('links to files that are there', () => {
    const missing = local
      .map((target) => target.split('#')[0] ?? '')
      .filter((file) => file !== '' && !existsSync(join(ROOT, dirname(page), file)));
    expect(missing).toEqual([]);
  });

  test('links to headings that are there', () => {
    const missing = local
      .map((target) => target.split('#'))
      .filter(([file = '', heading]) => heading !== undefined && (file === '' || file.endsWith('.md')))
      .filter(([file = '', heading = '']) => {
        const target = file === '' ? page : join(dirname(page), file);
        return !anchorsOf(textOf(target)).includes(heading);
      });
    expect(missing).toEqual([]);
  });
});

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('pictures are small', () => {
  const pictures = readdirSync(join(ROOT, 'docs')).filter((file) => /\.(?:png|svg)$/.test(file));
  expect(pictures.length).toBeGreaterThan(2);
  for (const picture of pictures)
    expect(statSync(join(ROOT, 'docs', picture)).size).toBeLessThan(LARGEST_PICTURE);
});

describe('docs/errors.md', () => {
  const told = [...textOf('docs/errors.md').matchAll(/^\| `([a-z_]+)` +\|/gm)].map(([, code = '']) => code);
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'));

  test('names every code that is thrown', () => {
    const thrown = sources.flatMap((text) =>
      [...text.matchAll(/new AppError\(\s*\w+,\s*'([a-z_]+)'/g)].map(([, code = '']) => code),
    );
    expect(new Set(thrown).size).toBeGreaterThan(15);
    expect(told).toEqual(expect.arrayContaining([...new Set(thrown)]));
  });

  test('names no other', () => {
    const all = sources.join('\n');
    expect(told.filter((code) => !new RegExp(`['\\s]${code}['\\s:]`).test(all))).toEqual([]);
  });
});
