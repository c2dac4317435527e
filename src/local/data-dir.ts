import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isRunning, readRecord, takeLock } from './lock.ts';
import { SetupError } from './setup-error.ts';

/** The folder that holds everything the embedded mode keeps; one running Posthaste owns it. */
export interface DataDir {
  /** Absolute. */
  path: string;
  release(): void;
}

const OWNER = 'owner.json';

/** The pid of the running Posthaste that owns the folder, if one does. */
export function ownerOf(dataDir: string): number | undefined {
  const owner = readRecord(join(dataDir, OWNER));
  return owner && isRunning(owner) ? owner.pid : undefined;
}

/**
 * Makes the folder when it is missing, and owns it until it is released or this process ends.
 * @throws SetupError when another running process owns it, or it cannot be written.
 */
export function ownDataDir(dataDir: string): DataDir {
  const path = resolve(dataDir);
  try {
    makeFolder(path);
    const lock = takeLock(join(path, OWNER));
    if (lock.kind === 'taken') return { path, release: lock.release };
    throw new SetupError(
      `Posthaste already runs with pid ${lock.by} and the data in ${path}: stop it, or set POSTHASTE_DATA to another folder.`,
    );
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `The data folder ${path} cannot be used (${(error as Error).message}): set POSTHASTE_DATA to a folder that you may write.`,
    );
  }
}

/** Node's own recursive mkdir never ends in a place that takes no new folders, such as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
