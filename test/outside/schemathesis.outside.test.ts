import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { prepareAccount } from './judged-account.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** It takes two to three minutes on two cores. */
const DEADLINE_MS = 480_000;

const judges = inject('judges');
const bin = 'bin' in judges ? judges.bin : '';

describe.skipIf(bin === '')('schemathesis', () => {
  let posthaste: Posthaste;
  let receiver: Receiver;
  let config: string;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'posthaste-test-'));
    receiver = await startReceiver();
    // Endpoints that it makes up lead nowhere else than to this machine.
    posthaste = await startPosthaste({ resolve: async () => ['127.0.0.1'] });
    config = await prepareAccount(posthaste, receiver, folder);
  });
  afterAll(async () => {
    await posthaste?.stop();
    await receiver?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    'finds no 5xx, no answer that its schema does not allow, and nothing else',
    async () => {
      const { code, output } = await judge(posthaste, config);
      console.log(output);
      // Cut short, it would have found nothing either.
      expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(1000);
      expect(code).toBe(0);
    },
    DEADLINE_MS + 20_000,
  );
});

async function judge(
  { url, operatorKey }: Posthaste,
  config: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    join(bin, 'schemathesis'),
    [
      '--config-file',
      config,
      'run',
      `${url}/openapi.json`,
      '--header',
      `Authorization: Bearer ${operatorKey}`,
      '--no-color',
    ],
    {
      cwd: dirname(config),
      env: { ...process.env, PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DEADLINE_MS,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}
