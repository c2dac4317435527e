import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Builds the product, once for the whole run: what is tested is what is shipped. */
export default async function setUp(): Promise<void> {
  await promisify(execFile)(process.execPath, ['src/local/build.mjs'], { cwd: ROOT });
}
