import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { processIdentity } from './process-identity.ts';

/** A process, as a file remembers it. */
export interface ProcessRecord {
  pid: number;
  identity: string;
}

export type Lock = { kind: 'taken'; release(): void } | { kind: 'held'; by: number };

/**
 * Takes the lock that is the file at `path`, unless a living process holds it. What a dead process left behind,
 * even one whose pid was given to another since, is no obstacle.
 */
export function takeLock(path: string): Lock {
  const mine = `${path}.${randomUUID()}`;
  writeFileSync(mine, JSON.stringify(recordOf(process.pid)), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // Unlike a create and then a write, a link is never seen half done.
        linkSync(mine, path);
        return { kind: 'taken', release: () => rmSync(path, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readRecord(path);
      if (holder && isRunning(holder)) return { kind: 'held', by: holder.pid };
      removeStale(path);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Two may find the same stale lock: whoever moves a fresh one away by mistake puts it back. */
function removeStale(path: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return;
  }
  const moved = readRecord(aside);
  if (moved && isRunning(moved)) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

export function recordOf(pid: number): ProcessRecord {
  return { pid, identity: processIdentity(pid) ?? '' };
}

/** Undefined when there is no such file, or none that makes sense. */
export function readRecord(path: string): ProcessRecord | undefined {
  try {
    const { pid, identity } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessRecord>;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : undefined;
  } catch {
    return undefined;
  }
}

export function isRunning({ pid, identity }: ProcessRecord): boolean {
  return processIdentity(pid) === identity;
}
