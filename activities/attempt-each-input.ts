import type { Carriage, CarriedLog } from '../src/domain/burst.ts';
import type { RecordInput } from './attempt-input.ts';

/** What the workflow of a burst asks. */
export interface AttemptEachInput {
  /** Its workflow id. */
  burst: string;
  deliveries: Carriage;
}

/** What came of the first attempts of a burst. */
export interface MadeEach {
  settled: number;
  handedOver: number;
  /** Wait for room at their endpoints; other bursts carry them then. */
  parked: number;
  log: CarriedLog;
  /** To be recorded, and handed over, when the database is back. */
  unrecorded: RecordInput[];
}
