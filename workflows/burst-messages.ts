import { defineQuery } from '@temporalio/workflow';
import type { Carriage, CarriedLog } from '../src/domain/burst.ts';

/** The only input a burst has; everything else is read from Postgres when it is needed. */
export interface BurstInput {
  deliveries: Carriage;
}

/** What a burst did, for the Web UI. */
export interface BurstSummary {
  /** Deliveries that ended with their first attempt. */
  settled: number;
  /** Deliveries that go on in workflows of their own. */
  handedOver: number;
  /** Deliveries that wait for room at their endpoints, and are carried by other bursts then. */
  parked: number;
}

export const carriedLog = defineQuery<CarriedLog>('log');
