import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { TEMPORAL_CLI_VERSION } from './temporal-cli-version.ts';

/** Where nothing can be reached, a newcomer should not wait long to learn it. */
const ANSWER_WITHIN_MS = 5000;
const DONE_WITHIN_MS = 180_000;

/** Temporal's official download, of which there is one for each platform and architecture. */
export async function downloadTemporalCli(target: string, progress: (line: string) => void): Promise<void> {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/archive/${TEMPORAL_CLI_VERSION}?platform=${process.platform}&arch=${architecture}`;
  progress(`Downloading the Temporal CLI ${TEMPORAL_CLI_VERSION} (once)…`);

  const folder = await mkdtemp(join(dirname(target), 'download-'));
  try {
    const archive = join(folder, 'temporal.tar.gz');
    await save(url, archive);
    await promisify(execFile)('tar', ['-xzf', archive, '-C', folder, 'temporal']);
    await chmod(join(folder, 'temporal'), 0o755);
    await rename(join(folder, 'temporal'), target);
  } catch (error) {
    throw new Error(`the download failed: ${reason(error)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function save(url: string, path: string): Promise<void> {
  const abort = new AbortController();
  const giveUp = (what: string) => () => abort.abort(new Error(what));
  let timer = setTimeout(giveUp(`no answer within ${ANSWER_WITHIN_MS / 1000} s`), ANSWER_WITHIN_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    clearTimeout(timer);
    if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answered ${response.status}`);
    timer = setTimeout(giveUp(`not done within ${DONE_WITHIN_MS / 1000} s`), DONE_WITHIN_MS);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(path), { signal: abort.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch failed` says nothing; its cause does. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
