import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownDataDir } from '../../src/local/data-dir.ts';
import { recordOf } from '../../src/local/lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function someProcess() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, record: recordOf(child.pid ?? 0) };
}

test('the folder is made when it is missing, closed to others', () => {
  const { path } = ownDataDir(join(temporaryFolder(), 'deep', 'er'));
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a folder that a living process owns is refused with its pid and what to do', () => {
  const folder = temporaryFolder();
  const { record } = someProcess();
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(record));
  expect(() => ownDataDir(folder)).toThrow(
    `Posthaste already runs with pid ${record.pid} and the data in ${folder}: stop it, or set POSTHASTE_DATA to another folder.`,
  );
});

test('a folder is free again once its owner was killed', async () => {
  const folder = temporaryFolder();
  const { child, record } = someProcess();
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(record));
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(() => ownDataDir(folder)).not.toThrow();
});

test('an owner whose pid now belongs to somebody else is no obstacle', () => {
  const folder = temporaryFolder();
  const { record } = someProcess();
  writeFileSync(join(folder, 'owner.json'), JSON.stringify({ ...record, identity: 'an earlier process' }));
  expect(() => ownDataDir(folder)).not.toThrow();
});

test.each(['', '{', '{}', 'null', '{"pid":"1"}'])(
  'a lock file cut short by a crash (%j) is no obstacle',
  (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'owner.json'), text);
    expect(() => ownDataDir(folder)).not.toThrow();
  },
);

test('giving a folder up leaves nothing of the lock behind, and another may own it', () => {
  const folder = temporaryFolder();
  const first = ownDataDir(folder);
  expect(existsSync(join(folder, 'owner.json'))).toBe(true);
  first.release();
  expect(readdirSync(folder)).toEqual([]);
  ownDataDir(folder).release();
});

test('a folder that cannot be made is one line that names POSTHASTE_DATA', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => ownDataDir(join(file, 'data'))).toThrow(/cannot be used .*set POSTHASTE_DATA/);
});

test.skipIf(process.getuid?.() === 0)(
  'a folder that cannot be written is one line that names POSTHASTE_DATA',
  () => {
    const folder = join(temporaryFolder(), 'data');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    expect(() => ownDataDir(folder)).toThrow(/cannot be used .*set POSTHASTE_DATA/);
  },
);
