import { Gauge, type Registry } from 'prom-client';
import { createLook } from './look.ts';

/** Tells whether each part can be used, as readiness does; a part that has not said so is not up. */
export function partGauges(
  registry: Registry,
  parts: readonly { name: string; check(): Promise<void> }[],
): void {
  const looks = parts.map(({ name, check }) => ({ name, isUp: createLook(() => check().then(() => true)) }));
  new Gauge({
    name: 'posthaste_part_up',
    help: 'Whether what the process needs can be used: 1 or 0, as /readyz says.',
    labelNames: ['part'],
    registers: [registry],
    async collect() {
      await Promise.all(
        looks.map(async ({ name, isUp }) => this.set({ part: name }, Number((await isUp()) ?? false))),
      );
    },
  });
}
