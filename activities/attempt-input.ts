import type { Step } from '../src/domain/delivery.ts';
import type { EndedUnrecorded } from './record.ts';
import type { Rider } from './task-room.ts';

/** What the workflow asks of an attempt. */
export interface AttemptInput {
  deliveryId: string;
  /** Which attempt this is, from 1. */
  number: number;
  /** Whose it is; absent when the workflow does not know it any more. */
  whose?: Rider | undefined;
  /** Whether it would run inside a workflow task, where room is shared out. */
  inTask?: boolean;
  /** Whether it waited for its endpoint, and was told that there is room for it. */
  woken?: boolean;
}

/** What comes of it. */
export type AttemptResult = Step | EndedUnrecorded;
