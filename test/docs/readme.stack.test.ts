import { delimiter, dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDemoOnce } from '../../src/local/demo.ts';
import { findTemporalCli } from '../../src/local/temporal-cli.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { testTemporal } from '../support/temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait.ts';
import { snippetsOf } from './markdown.ts';
import { ensureProgram, output } from './programs.ts';

const PAGE = 'README.md';
const SHOWN_ORIGIN = 'http://localhost:3000';
const STATUS_MARK = '::status::';

let posthaste: Posthaste;

beforeAll(async () => {
  ensureProgram('curl');
  posthaste = await startPosthaste();
  await runDemoOnce(posthaste.url, posthaste.operatorKey);
}, 120_000);
afterAll(() => posthaste?.stop());

test('the commands work in the order they stand in, and answer what is said', async () => {
  const cli = await findTemporalCli({ progress: console.log });
  const env: Record<string, string> = {
    TEMPORAL_ADDRESS: testTemporal().address,
    PATH: `${dirname(cli)}${delimiter}${process.env.PATH}`,
    KEY: posthaste.operatorKey,
    DEMO: `${posthaste.url}/v1/accounts/demo`,
  };
  const cwd = temporaryFolder();
  const [endpoint, event, ...rest] = snippetsOf(PAGE, 'run');
  if (!endpoint || !event) throw new Error('the commands were not found');

  const run = async ({ name, code }: { name: string; code: string }) => {
    const script = `set -e\ncurl() { command curl --write-out '${STATUS_MARK}%{http_code}\\n' "$@"; }\n`;
    const said = await output(['bash', '-c', script + code.replaceAll(SHOWN_ORIGIN, posthaste.url)], {
      cwd,
      env,
    });
    const statuses = [...said.matchAll(new RegExp(`${STATUS_MARK}(\\d+)`, 'g'))].map(([, status]) => status);
    expect({ code, statuses }).toEqual({ code, statuses: name.split(' ').filter(Boolean) });
    return said;
  };

  env.EP = /ep_[0-9a-f]+/.exec(await run(endpoint))?.[0] ?? '';
  env.ID = /dlv_[0-9a-f]+/.exec(await run(event))?.[0] ?? '';
  await waitUntil(
    () => posthaste.api.call<{ status: string }>('GET', `/v1/accounts/demo/deliveries/${env.ID}`),
    ({ body }) => body.status === 'retrying',
  );
  let said = '';
  for (const command of rest) said += await run(command);
  expect(said).toContain('"because":"retry_schedule"');
  expect(said).toContain('"selgora":"valid"');
  expect(said).toMatch(/startToFireTimeout: 300s[\s\S]*summary: until attempt 2 of 6/);
  expect(said).toMatch(/startToFireTimeout: 1800s/);
});
