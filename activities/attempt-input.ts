import type { Settled, Step, Waiting } from '../src/domain/delivery.ts';
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

/**
 * An attempt that was made and could not be written down, because the database was away. It carries no
 * response body or headers: those never enter a workflow's history, and are lost with the outage.
 */
export interface EndedUnrecorded {
  kind: 'unrecorded';
  number: number;
  try: number;
  step: Settled | Waiting;
}

/** For the activity that writes it down later. */
export interface RecordInput extends EndedUnrecorded {
  deliveryId: string;
}
