import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The pages that somebody who reads the documentation gets to. */
export const PAGES = [
  'README.md',
  'docs/receivers.md',
  'docs/events.md',
  'docs/recovering.md',
  'docs/portal.md',
  'docs/cli.md',
  'docs/operators.md',
  'docs/operating.md',
  'docs/reliability.md',
  'docs/scaling.md',
  'docs/security.md',
  'docs/errors.md',
  'docs/contributing.md',
  'packages/receiver/README.md',
];

/** A fenced block with a comment before it that says what it is: `<!-- file: verify.py -->`. */
export interface Snippet {
  kind: string;
  /** What stands after the colon; may be empty. */
  name: string;
  code: string;
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The marked blocks of a page, in order. */
export function snippetsOf(page: string, kind: string): Snippet[] {
  const marked = textOf(page).matchAll(/^<!-- (\w+): ?(.*?) ?-->\n```\w+\n([\s\S]*?\n)```$/gm);
  return [...marked]
    .map(([, found = '', name = '', code = '']) => ({ kind: found, name, code }))
    .filter((snippet) => snippet.kind === kind);
}
