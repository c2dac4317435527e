import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { beginPosthaste, PROGRAM } from '../cli/run-posthaste.ts';
import buildProduct from '../faults/support/built-product.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait.ts';
import { snippetsOf, textOf } from './markdown.ts';
import { output } from './programs.ts';

const PAGE = 'docs/cli.md';
const SHOWN_ORIGIN = 'http://localhost:3000';
const CODE_MARK = '::ended::';

let posthaste: Posthaste;

beforeAll(async () => {
  [posthaste] = await Promise.all([startPosthaste({ servesThisMachine: true }), buildProduct()]);
}, 180_000);
afterAll(() => posthaste?.stop());

test('the commands of the page on the command line end as is said', async () => {
  const merchant = await openAccount(posthaste);
  const cwd = temporaryFolder();
  // As the alias, and says how each that a reader would see end has ended.
  const script = `#!/bin/sh\n"${process.execPath}" "${PROGRAM}" "$@"\ncode=$?\n[ "$2" = secret ] || echo "${CODE_MARK}$code" >&2\nexit $code\n`;
  writeFileSync(join(cwd, 'posthaste'), script, { mode: 0o755 });
  const env: Record<string, string> = {
    PATH: `${cwd}${delimiter}${process.env.PATH}`,
    POSTHASTE_URL: posthaste.url,
    POSTHASTE_API_KEY: posthaste.operatorKey,
    POSTHASTE_ACCOUNT: merchant.id,
  };
  const snippets = snippetsOf(PAGE, 'run');
  expect(snippets.length).toBeGreaterThan(5);
  for (const { name, code } of snippets) {
    const said = await output(
      ['bash', '-c', `exec 2>&1\n${code.replaceAll(SHOWN_ORIGIN, posthaste.url)}\nexit 0`],
      {
        cwd,
        env,
      },
    );
    const codes = [...said.matchAll(new RegExp(`${CODE_MARK}(\\d+)`, 'g'))].map(([, ended]) => ended);
    expect({ said, codes }).toEqual({ said, codes: name.split(' ') });
    env.EP ??= /ep_[0-9a-f]+/.exec(said)?.[0] ?? '';
    const delivery = /dlv_[0-9a-f]+/.exec(said)?.[0];
    if (delivery && !env.ID) {
      env.ID = delivery;
      await merchant.until(delivery, ({ completedAt }) => completedAt !== undefined);
    }
  }
});

test('the commands of the page that go on do so until Ctrl-C', async () => {
  const merchant = await openAccount(posthaste);
  const endpoint = await merchant.endpoint({ url: `${posthaste.url}/inbox/watched` });
  const env = {
    POSTHASTE_URL: posthaste.url,
    POSTHASTE_API_KEY: posthaste.operatorKey,
    POSTHASTE_ACCOUNT: merchant.id,
  };
  const snippets = snippetsOf(PAGE, 'watch');
  expect(snippets.length).toBe(2);
  for (const { code } of snippets) {
    const [, ...args] = code.trim().replace('$EP', endpoint.id).replaceAll("'", '').split(' ');
    const begun = beginPosthaste(args, { env });
    await waitUntil(() => `${begun.said.stdout}${begun.said.stderr}`.includes('Ctrl-C'));
    begun.kill('SIGINT');
    expect(await begun.ended).toMatchObject({ code: 0 });
  }
});

test('the first ten minutes of the README, in a terminal, end with what was missed', async () => {
  const merchant = await openAccount(posthaste);
  const env = {
    POSTHASTE_URL: posthaste.url,
    POSTHASTE_API_KEY: posthaste.operatorKey,
    POSTHASTE_ACCOUNT: merchant.id,
  };
  const newest = async () =>
    (await merchant.call<{ data: { id: string; resendOf?: string }[] }>('GET', '/deliveries')).body.data[0];
  const commands = snippetsOf('README.md', 'terminal')
    .flatMap(({ code }) => code.split('\n'))
    .filter((line) => line.startsWith('posthaste '));
  expect(commands.length).toBeGreaterThan(7);
  const ids = { $EP: '', $ID: '' };
  for (const command of commands) {
    const line = Object.entries(ids).reduce((text, [shown, id]) => text.replace(shown, id), command);
    const [, ...args] = line.replace(SHOWN_ORIGIN, posthaste.url).replaceAll("'", '').split(' ');
    const { code, stdout } = await beginPosthaste(args, { env }).ended;
    expect({ command, code }).toEqual({ command, code: 0 });
    ids.$EP ||= /ep_[0-9a-f]+/.exec(stdout)?.[0] ?? '';
    if (command.includes('trigger')) await merchant.until((await newest())?.id ?? '', 'failed');
    if (command.includes('failed')) ids.$ID = /dlv_[0-9a-f]+/.exec(stdout)?.[0] ?? '';
    if (command.includes('show')) expect(stdout).toMatch(/404[\s\S]*is not tried again[\s\S]*mend it/);
  }
  const again = await newest();
  expect(again?.resendOf).toBe(ids.$ID);
  await merchant.until(again?.id ?? '', 'succeeded');
});

test('the page tells every exit code', () => {
  const told = [...textOf(PAGE).matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  expect(told).toEqual(Object.values(EXIT));
});
