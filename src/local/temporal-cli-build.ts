import { spawn } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TEMPORAL_CLI_VERSION } from './temporal-cli-version.ts';

const TELL_EVERY_MS = 20_000;
/** Enough of Go's output to see what it stumbled over. */
const KEPT_OUTPUT_CHARS = 2000;

/** Builds the CLI from its source with the Go on PATH: about five minutes on two cores. */
export async function buildTemporalCli(target: string, progress: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(dirname(target), 'build-'));
  const startedAt = Date.now();
  const tell = () =>
    progress(
      `Building the Temporal CLI ${TEMPORAL_CLI_VERSION} with Go (once, about five minutes)… ${elapsed(Date.now() - startedAt)}`,
    );
  let ticking: NodeJS.Timeout | undefined;
  try {
    await goInstall(folder, () => {
      tell();
      ticking = setInterval(tell, TELL_EVERY_MS);
    });
    await rename(join(folder, 'temporal'), target);
  } finally {
    clearInterval(ticking);
    await rm(folder, { recursive: true, force: true });
  }
}

function goInstall(folder: string, onStart: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = spawn('go', ['install', `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`], {
      cwd: folder,
      env: { ...process.env, GOBIN: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const endWithUs = () => go.kill();
    process.once('exit', endWithUs);
    let output = '';
    go.stderr.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-KEPT_OUTPUT_CHARS);
    });
    go.once('spawn', onStart);
    go.once('error', (error) => {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      reject(new Error(missing ? 'Go is not installed' : `Go does not start: ${error.message}`));
    });
    go.once('close', (code) => {
      process.removeListener('exit', endWithUs);
      if (code === 0) resolve();
      else
        reject(
          new Error(`Go could not build it: ${output.trim().split('\n').at(-1) ?? `exit code ${code}`}`),
        );
    });
  });
}

function elapsed(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
