import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleWorkflows } from '../../src/local/workflow-bundle.mjs';
import { importHistory } from '../support/history.ts';
import { BURST_LIVES } from './burst-lives.ts';
import { LIVES } from './lives.ts';

const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));
const HISTORIES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

let code: string;

beforeAll(async () => {
  Runtime.install({
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: 'temporal_sdk_core=ERROR', forward: {} } },
    logger: new DefaultLogger('ERROR'),
  });
  code = await bundleWorkflows();
});

function replay(file: string, workflowCode: string): Promise<void> {
  const history = importHistory(readFileSync(FOLDER + file, 'utf8'));
  return Worker.runReplayHistory({ workflowBundle: { code: workflowCode } }, history);
}

describe('the bundle of the workflows', () => {
  test('is made of the workflows, the domain and the SDK, and nothing else', () => {
    const modules = [...code.matchAll(/^\/\*{3}\/ "([^"]+)"/gm)].map(([, module = '']) => module);
    const packages = modules.map((module) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1]);
    const ours = modules.filter((module, index) => !packages[index] && module.startsWith('./'));
    expect(ours).toContain('./workflows/delivery.ts');
    for (const module of ours) expect(module).toMatch(/^\.\/(?:workflows|src\/domain)\//);
    const allowed = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc'];
    expect(packages.filter((name) => name && !allowed.includes(name))).toEqual([]);
  });

  test('asks for nothing of Node', () => {
    // What webpack left out on purpose: the SDK's hooks for converters of one's own.
    const leftOut = [...code.matchAll(/!\*\*\* (\S+) \(ignored\)/g)].map(([, name = '']) => name);
    for (const name of leftOut) expect(name).toMatch(/^__temporal_custom_/);
  });
});

describe('what is in flight goes on with the workflows of today:', () => {
  test.each(HISTORIES)('%s replays', async (file) => {
    await replay(file, code);
  });

  test('there is a history of every life', () => {
    const lives = Object.keys({ ...LIVES, ...BURST_LIVES }).map((name) => `${name}.json`);
    expect(HISTORIES).toEqual(expect.arrayContaining(lives));
  });

  test('workflows that do things in another order would be noticed', async () => {
    const { code: otherOrder } = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('./other-order.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    await expect(replay('succeeded-at-once.json', otherOrder)).rejects.toThrow(DeterminismViolationError);
  });
});
