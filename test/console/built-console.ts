import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the console unless it is up to date. @returns its folder */
export async function builtConsole(): Promise<string> {
  await promisify(execFile)(process.execPath, ['src/local/build.mjs'], { cwd: ROOT });
  return join(ROOT, 'dist', 'console');
}
