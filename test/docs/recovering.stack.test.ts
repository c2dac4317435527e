import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { afterOutage } from '../support/outage.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { recovering } from '../support/recovering.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait.ts';
import { snippetsOf } from './markdown.ts';
import { ensureProgram, output } from './programs.ts';

const STATUS_MARK = '::status::';

const LEADS_TO: Record<string, string> = { pause: 'paused', resume: 'running', cancel: 'cancelled' };

let posthaste: Posthaste;

beforeAll(async () => {
  ensureProgram('curl');
  posthaste = await startPosthaste();
}, 120_000);
afterAll(() => posthaste?.stop());

test('the commands of the page on recovering answer what is said', async () => {
  const merchant = await openAccount(posthaste);
  const endpoint = await merchant.endpoint({ url: 'http://127.0.0.1:9999/' });
  // So many that the recovery of a paused endpoint has not ended by itself when it is to be paused.
  await afterOutage(posthaste, { accountId: merchant.id, id: endpoint.id }, 120);
  await merchant.pause(endpoint.id);
  const { read } = recovering(merchant);
  const env: Record<string, string> = {
    KEY: posthaste.operatorKey,
    ACCOUNT: `${posthaste.url}/v1/accounts/${merchant.id}`,
    EP: endpoint.id,
  };
  const cwd = temporaryFolder();
  for (const { name, code } of snippetsOf('docs/recovering.md', 'run')) {
    const script = `set -e\ncurl() { command curl --write-out '${STATUS_MARK}%{http_code}\\n' "$@"; }\n`;
    const said = await output(['bash', '-c', script + code], { cwd, env });
    const statuses = [...said.matchAll(new RegExp(`${STATUS_MARK}(\\d+)`, 'g'))].map(([, status]) => status);
    expect({ code, statuses }).toEqual({ code, statuses: name.split(' ') });
    const recovery = /rec_[0-9a-f]+/.exec(said)?.[0];
    if (!recovery) continue;
    env.REC = recovery;
    const command = /\/(pause|resume|cancel) /.exec(code)?.[1];
    if (command)
      await waitUntil(
        () => read(recovery),
        ({ status }) => status === LEADS_TO[command],
        30_000,
      );
  }
});
