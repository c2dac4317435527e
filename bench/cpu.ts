import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of CPU, user and system, that each part has used since it started. */
export interface CpuMs {
  node: number;
  temporal: number;
  postgres: number;
  /** The bench itself: load generator and receiver, which share the cores. */
  bench: number;
}

export const NO_CPU: CpuMs = { node: 0, temporal: 0, postgres: 0, bench: 0 };

/** /proc counts in ticks of USER_HZ, which Linux keeps at 100 a second. */
const TICK_MS = 10;

/** The processes of one run, by part. */
export interface PartPids {
  node: number;
  temporal: number | undefined;
  postgres: number | undefined;
  bench: readonly number[];
}

/** Reads how much CPU each part has used; zero everywhere but on Linux, which alone tells this of other processes. */
export function readCpu(pids: PartPids): CpuMs {
  if (process.platform !== 'linux') return NO_CPU;
  const table = processTable();
  const alone = (pid: number) => table.get(pid)?.ownMs ?? 0;
  return {
    node: alone(pids.node),
    temporal: pids.temporal === undefined ? 0 : ofTree(table, pids.temporal),
    postgres: pids.postgres === undefined ? 0 : ofTree(table, pids.postgres),
    bench: pids.bench.reduce((sum, pid) => sum + alone(pid), 0),
  };
}

/** Milliseconds of CPU that this machine's cores have been busy since boot, or were taken by its host. */
export function readMachineBusyMs(): number {
  if (process.platform !== 'linux') return 0;
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  // user, nice, system, idle, iowait, irq, softirq, steal: proc_stat(5).
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}

export function total({ node, temporal, postgres, bench }: CpuMs): number {
  return node + temporal + postgres + bench;
}

export function minus(after: CpuMs, before: CpuMs): CpuMs {
  return {
    node: after.node - before.node,
    temporal: after.temporal - before.temporal,
    postgres: after.postgres - before.postgres,
    bench: after.bench - before.bench,
  };
}

interface ProcessTimes {
  parent: number;
  /** All threads of the process. */
  ownMs: number;
  /** Its children that have ended and been waited for, and theirs. */
  endedChildrenMs: number;
}

/** A process and its descendants: PostgreSQL's backends come and go. */
function ofTree(table: ReadonlyMap<number, ProcessTimes>, root: number): number {
  const times = table.get(root);
  if (!times) return 0;
  const children = [...table].filter(([, { parent }]) => parent === root);
  return times.ownMs + times.endedChildrenMs + children.reduce((sum, [pid]) => sum + ofTree(table, pid), 0);
}

function processTable(): Map<number, ProcessTimes> {
  const table = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // Fields after the program's name, which is in parentheses and may hold anything: the first is the third
      // of proc_pid_stat(5).
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [, parent = 0] = fields;
      const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
      const ownMs = (utime + stime) * TICK_MS;
      table.set(Number(name), { parent, ownMs, endedChildrenMs: (cutime + cstime) * TICK_MS });
    } catch {
      // It has ended meanwhile.
    }
  }
  return table;
}
