import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { composeText, interpolate, readProjectFile, serviceNamed, VARIABLE } from './compose-file.ts';

const MAKE_ENV = fileURLToPath(new URL('../../deploy/make-env.sh', import.meta.url));

function assignments(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
}

const required = new Set(
  [...composeText.matchAll(VARIABLE)].filter(([, , operator]) => operator === ':?').map(([, name]) => name),
);

describe('deploy/make-env.sh', () => {
  let project: string;
  const make = () =>
    spawnSync('sh', [join(project, 'deploy', 'make-env.sh')], { cwd: tmpdir(), encoding: 'utf8' });
  const written = () => readFileSync(join(project, '.env'), 'utf8');

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'posthaste-env-'));
    mkdirSync(join(project, 'deploy'));
    copyFileSync(MAKE_ENV, join(project, 'deploy', 'make-env.sh'));
    expect(make().status).toBe(0);
  });
  afterAll(() => rmSync(project, { recursive: true }));

  it('makes every value that docker-compose.yml requires, each at random, readable by its owner alone', () => {
    const values = assignments(written());
    expect(new Set(Object.keys(values))).toEqual(required);
    expect(new Set(Object.values(values)).size).toBe(required.size);
    for (const [name, value] of Object.entries(values))
      expect(value).toMatch(name === 'POSTHASTE_ENCRYPTION_KEYS' ? /^k1:/ : /^(ph_)?[0-9a-f]{64}$/);
    expect(statSync(join(project, '.env')).mode & 0o777).toBe(0o600);
  });

  it('never overwrites an .env', () => {
    const before = written();
    const second = make();
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('.env exists');
    expect(written()).toBe(before);
  });

  it.each(['migrate', 'api', 'worker'] as const)('makes what "posthaste %s" starts with', (role) => {
    const { environment = {}, command } = serviceNamed(role);
    const given = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, interpolate(value, assignments(written()))]),
    );
    expect(command).toEqual([role]);
    expect(readConfig(role, given)).toMatchObject({ role, embedded: false, host: '0.0.0.0', port: 3000 });
  });
});

describe('.env.example', () => {
  it('names what is required without a value, and nothing that docker-compose.yml does not read', () => {
    const example = readProjectFile('.env.example');
    expect(new Set(Object.keys(assignments(example)))).toEqual(required);
    expect(Object.values(assignments(example)).join('')).toBe('');
    const read = [...composeText.matchAll(VARIABLE)].map(([, name]) => name);
    for (const [, name] of example.matchAll(/^#? ?([A-Z_]+)=/gm)) expect(read).toContain(name);
  });
});

describe('.dockerignore', () => {
  it('keeps everything out of the image that is not named, .env first of all', () => {
    const lines = readProjectFile('.dockerignore')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    expect(lines.slice(1).every((line) => /^![a-z]/.test(line))).toBe(true);
  });
});
