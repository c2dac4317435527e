import type { Pool } from 'pg';
import { Gauge, type Registry } from 'prom-client';
import { type Figures, readFigures } from '../db/figures.ts';
import { createLook } from './look.ts';

/**
 * Tells how many deliveries and endpoints stand how: each process the same, as it saw it last. Nothing of it while the
 * database is away.
 */
export function recordGauges(registry: Registry, pool: Pool): void {
  const registers = [registry];
  const latest = createLook(() => readFigures(pool));
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    tell: (figures: Figures, set: (label: Record<Label, string>, value: number) => void) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        const figures = await latest();
        this.reset();
        if (figures) tell(figures, (label, value) => this.set(label as never, value));
      },
    });

  new Gauge({
    name: 'posthaste_record_up',
    help: 'Whether all figures of the record could be read within the last minute: 1 or 0.',
    registers,
    async collect() {
      this.set(Number((await latest())?.endpoints !== undefined));
    },
  });
  gauge('posthaste_deliveries_open', 'Deliveries that have not ended.', ['state'], ({ backlog }, set) => {
    set({ state: 'unstarted' }, backlog.unstarted);
    set({ state: 'handed_over' }, backlog.handedOver);
    set({ state: 'under_way' }, backlog.underWay);
    set({ state: 'sleeping' }, backlog.sleeping);
    set({ state: 'due' }, backlog.due);
    set({ state: 'crowded' }, backlog.crowded);
    set({ state: 'held' }, backlog.held);
    set({ state: 'in_lane' }, backlog.inLane);
  });
  gauge(
    'posthaste_backlog_age_seconds',
    'How long the first delivery in this state has been in it.',
    ['state'],
    ({ backlog }, set) => {
      set({ state: 'unstarted' }, backlog.unstartedForS);
      set({ state: 'handed_over' }, backlog.handedOverForS);
      set({ state: 'due' }, backlog.dueForS);
    },
  );
  new Gauge({
    name: 'posthaste_signals_unsent',
    help: 'Signals to workflows that are not sent yet.',
    registers,
    async collect() {
      const figures = await latest();
      if (figures) this.set(figures.backlog.signals);
      else this.remove();
    },
  });
  gauge('posthaste_endpoints', 'Endpoints, by how they stand.', ['state'], ({ endpoints }, set) => {
    for (const [state, count] of Object.entries(endpoints ?? {})) set({ state }, count);
  });
}
