import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { postgresBinaries } from '../src/local/postgres-binaries.ts';
import { findTemporalCli } from '../src/local/temporal-cli.ts';
import { VERSION } from '../src/version.ts';
import { nowMs } from './clock.ts';
import { percentile } from './statistics.ts';

/** What figures depend on besides the product. */
export interface Machine {
  cores: number;
  cpu: string;
  memoryGB: number;
  platform: string;
  /** Median time of writing 8 kB and syncing it to the disk that the stores are on. */
  fsyncMs: number;
  versions: { posthaste: string; node: string; temporal: string; postgres: string };
}

/** Also gets the Temporal CLI, where it is missing. */
export async function describeMachine(folder: string, progress: (line: string) => void): Promise<Machine> {
  const temporalCli = await findTemporalCli({ progress });
  const { postgres } = postgresBinaries({ forAnotherUser: process.getuid?.() === 0 });
  const versionOf = (program: string) => execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    fsyncMs: measureFsync(folder),
    versions: {
      posthaste: VERSION,
      node: process.versions.node,
      temporal: versionOf(temporalCli).replace(/^temporal version /, ''),
      postgres: versionOf(postgres).replace(/^postgres \(PostgreSQL\) /, ''),
    },
  };
}

function measureFsync(folder: string): number {
  const file = openSync(join(folder, 'fsync'), 'w');
  const page = Buffer.alloc(8192, 1);
  const times = Array.from({ length: 50 }, () => {
    const begunMs = nowMs();
    writeSync(file, page);
    fdatasyncSync(file);
    return nowMs() - begunMs;
  });
  closeSync(file);
  return percentile(times, 0.5);
}
