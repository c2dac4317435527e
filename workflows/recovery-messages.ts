import { defineQuery, defineSignal, type SignalDefinition } from '@temporalio/workflow';
import type { RecoveryProgress, RecoveryWish } from '../src/domain/recovery.ts';

export interface RecoveryInput {
  recoveryId: string;
  /** Set where the history began anew: how far it had come, and what was asked of it and not done yet. */
  goesOn?: { progress: RecoveryProgress; asked: Asked[] };
}

/** What somebody asked for. */
export interface Asked {
  wish: RecoveryWish;
  by: string;
}

/** Who pressed: an API key's id, `operator`, or whoever uses Temporal's own tools. */
interface By {
  by?: string;
}

export const WISHES: Record<RecoveryWish, SignalDefinition<[By?]>> = {
  pause: defineSignal('pause'),
  resume: defineSignal('resume'),
  cancel: defineSignal('cancel'),
};

/** Undefined before the first page. */
export const progress = defineQuery<RecoveryProgress | undefined>('progress');
