import type { Pool } from 'pg';
import { Gauge, type Registry } from 'prom-client';

/** Which of a process's pools: that of the engine, of calls with an account in their path, or of bursts. */
export type PoolName = 'engine' | 'tenant' | 'bursts';

/** Tells how each pool stands when it is asked. */
export function poolGauges(registry: Registry, pools: Partial<Record<PoolName, Pool>>): void {
  const registers = [registry];
  const each = (tell: (pool: Pool, name: string) => void) => {
    for (const [name, pool] of Object.entries(pools)) tell(pool, name);
  };
  new Gauge({
    name: 'posthaste_database_connections',
    help: 'Connections to the database that are open.',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      each(({ totalCount, idleCount }, pool) => {
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'busy' }, totalCount - idleCount);
      });
    },
  });
  new Gauge({
    name: 'posthaste_database_connections_max',
    help: 'Connections to the database that may be open.',
    labelNames: ['pool'],
    registers,
    collect() {
      each(({ options: { max } }, pool) => this.set({ pool }, max));
    },
  });
  new Gauge({
    name: 'posthaste_database_connection_waiters',
    help: 'Statements and transactions that wait for a connection.',
    labelNames: ['pool'],
    registers,
    collect() {
      each(({ waitingCount }, pool) => this.set({ pool }, waitingCount));
    },
  });
}
