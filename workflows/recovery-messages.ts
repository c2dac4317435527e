import { defineQuery } from '@temporalio/workflow';
import type { RecoveryProgress, RecoveryWish } from '../src/domain/recovery.ts';
import { publicSignal } from './signals.ts';

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

/** Each may say `by` whom: an API key's id, or `operator`; without it, whoever uses Temporal's own tools. */
export const WISHES = {
  pause: publicSignal('pause'),
  resume: publicSignal('resume'),
  cancel: publicSignal('cancel'),
} satisfies Record<RecoveryWish, unknown>;

/** Undefined before the first page. */
export const progress = defineQuery<RecoveryProgress | undefined>('progress');
