import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 100;

/** What a process holds in memory (its resident set), in MB of 2^20 bytes; NaN everywhere but on Linux. */
export function readRssMb(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const [, kB] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kB) / 1024;
}

/** Does the work, and says how far above the reading before it the highest one during it was. */
export async function growthDuring(read: () => number, work: () => Promise<unknown>): Promise<number> {
  const first = read();
  let highest = first;
  const look = () => {
    highest = Math.max(highest, read());
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  try {
    await work();
    look();
    return highest - first;
  } finally {
    clearInterval(timer);
  }
}
