import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A new cluster takes half of it. */
const SIZE = '128m';
const PIECE = Buffer.alloc(64 * 1024, 1);

interface SmallDisk {
  folder: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Takes back what filled it. */
  free(): void;
}

/** A file system of its own that is small, where this process may mount one; else the reason why not. */
export function smallDisk({
  onTestFinished,
}: Pick<TestContext, 'onTestFinished'>): SmallDisk | { reason: string } {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    return { reason: `no small disk can be mounted here: ${(error as Error).message.trim()}` };
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
  });
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      for (;;) {
        try {
          appendFileSync(ballast, PIECE);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
          throw error;
        }
      }
    },
    free: () => rmSync(ballast),
  };
}
