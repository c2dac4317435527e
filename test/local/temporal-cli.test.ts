import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { takeLock } from '../../src/local/lock.ts';
import { findTemporalCli } from '../../src/local/temporal-cli.ts';
import { buildTemporalCli } from '../../src/local/temporal-cli-build.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CACHED = join('posthaste', 'temporal-cli-v1.5.1', 'temporal');

function program(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}
const temporalCli = (path: string) => program(path, 'echo temporal version 1.5.1');

/** A machine with nothing on it. */
let cache: string;
let path: string;
let lines: string[];
beforeEach(() => {
  const folder = temporaryFolder();
  cache = join(folder, 'cache');
  path = join(folder, 'bin');
  lines = [];
});
const progress = (line: string) => void lines.push(line);
const find = (
  more: { TEMPORAL_CLI?: string } = {},
  obtain: Parameters<typeof findTemporalCli>[0]['obtain'] = [],
) => findTemporalCli({ env: { PATH: path, XDG_CACHE_HOME: cache, ...more }, progress, obtain });

describe('the Temporal CLI', () => {
  test('is the one that TEMPORAL_CLI names, before any other', async () => {
    temporalCli(join(path, 'temporal'));
    const mine = temporalCli(join(dirname(path), 'mine'));
    await expect(find({ TEMPORAL_CLI: mine })).resolves.toBe(mine);
  });

  test('a TEMPORAL_CLI that is wrong is said, not passed over', async () => {
    temporalCli(join(path, 'temporal'));
    await expect(find({ TEMPORAL_CLI: '/nowhere/temporal' })).rejects.toThrow(
      /TEMPORAL_CLI is \/nowhere\/temporal/,
    );
  });

  test('is the one on PATH, before the cache', async () => {
    temporalCli(join(cache, CACHED));
    const onPath = temporalCli(join(path, 'temporal'));
    await expect(find()).resolves.toBe(onPath);
  });

  test('something else on PATH with its name is passed over', async () => {
    program(join(path, 'temporal'), 'echo a temporal database');
    const cached = temporalCli(join(cache, CACHED));
    await expect(find()).resolves.toBe(cached);
  });

  test('is got once, into the cache, when it is nowhere', async () => {
    const obtain = vi.fn(async (target: string) => void temporalCli(target));
    await expect(find({}, [obtain])).resolves.toBe(join(cache, CACHED));
    await expect(find({}, [obtain])).resolves.toBe(join(cache, CACHED));
    expect(obtain).toHaveBeenCalledTimes(1);
    expect(readdirSync(dirname(join(cache, CACHED)))).toEqual(['temporal']);
  });

  test('that another process is getting is waited for, not got twice', async () => {
    const obtain = vi.fn(async (target: string) => void temporalCli(target));
    const cached = join(cache, CACHED);
    mkdirSync(dirname(cached), { recursive: true });
    const lock = takeLock(join(dirname(cached), 'filling.json'));
    const waiting = find({}, [obtain]);
    await vi.waitUntil(() => lines.some((line) => line.startsWith(`Waiting for process ${process.pid}`)));
    temporalCli(cached);
    if (lock.kind === 'taken') lock.release();
    await expect(waiting).resolves.toBe(cached);
    expect(obtain).not.toHaveBeenCalled();
  });

  test('comes by the next way when one fails, or brings what does not run here', async () => {
    const fails = async () => {
      throw new Error('no network');
    };
    const bringsRubbish = async (target: string) => void program(target, 'exit 1');
    const works = async (target: string) => void temporalCli(target);
    await expect(find({}, [fails, bringsRubbish, works])).resolves.toBe(join(cache, CACHED));
  });

  test('that cannot be had is one error that names why and all the ways to get it', async () => {
    const offline = async () => {
      throw new Error('the download failed: no network');
    };
    const error = await find({}, [offline]).catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'SetupError' });
    for (const way of ['no network', 'PATH', 'TEMPORAL_CLI', 'Go', 'TEMPORAL_ADDRESS'])
      expect(String(error)).toContain(way);
  });
});

describe('building it with Go', () => {
  const target = () => {
    mkdirSync(cache, { recursive: true });
    return join(cache, 'temporal');
  };

  function goIs(script: string): void {
    program(join(path, 'go'), script);
    vi.stubEnv('PATH', `${path}:${process.env.PATH}`);
    onTestFinished(() => void vi.unstubAllEnvs());
  }

  test('puts the program in place and says that it takes a while', async () => {
    goIs(
      '[ "$1 $2" = "install github.com/temporalio/cli/cmd/temporal@v1.5.1" ] && echo built > "$GOBIN/temporal"',
    );
    await buildTemporalCli(target(), progress);
    expect(readdirSync(cache)).toEqual(['temporal']);
    expect(lines).toEqual([expect.stringMatching(/Building the Temporal CLI .*five minutes/)]);
  });

  test('that fails says what Go said, and leaves nothing behind', async () => {
    goIs('echo go: downloading things >&2; echo go: no space left >&2; exit 1');
    await expect(buildTemporalCli(target(), progress)).rejects.toThrow(
      'Go could not build it: go: no space left',
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  test('says when there is no Go', async () => {
    vi.stubEnv('PATH', path);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(buildTemporalCli(target(), progress)).rejects.toThrow('Go is not installed');
  });
});
