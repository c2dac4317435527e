import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { snippetsOf } from './markdown.ts';
import { ensureProgram, output } from './programs.ts';

const STATUS_MARK = '::status::';

let posthaste: Posthaste;

beforeAll(async () => {
  ensureProgram('curl');
  posthaste = await startPosthaste({ servesThisMachine: true });
}, 120_000);
afterAll(() => posthaste?.stop());

test('the commands of the page on portals answer what is said', async () => {
  const merchant = await openAccount(posthaste);
  const env: Record<string, string> = {
    KEY: posthaste.operatorKey,
    ACCOUNT: `${posthaste.url}/v1/accounts/${merchant.id}`,
  };
  const snippets = snippetsOf('docs/portal.md', 'run');
  expect(snippets.length).toBe(2);
  for (const { name, code } of snippets) {
    const script = `set -e\ncurl() { command curl --write-out '${STATUS_MARK}%{http_code}\\n' "$@"; }\n`;
    const said = await output(['bash', '-c', script + code], { cwd: temporaryFolder(), env });
    const statuses = [...said.matchAll(new RegExp(`${STATUS_MARK}(\\d+)`, 'g'))].map(([, status]) => status);
    expect({ code, statuses }).toEqual({ code, statuses: name.split(' ') });
    env.LINK ??= /portal_[0-9a-f]{32}/.exec(said)?.[0] ?? '';
  }
});
