import { changeRecovery as writeChange } from '../src/db/recoveries.ts';
import type { RecoveryProgress, RecoveryWish } from '../src/domain/recovery.ts';
import type { ActivityDeps } from './deps.ts';

export interface ChangeRecoveryInput {
  recoveryId: string;
  wish: RecoveryWish;
  /** `operator`, an API key's id, or `temporal`. */
  by: string;
}

/** Pauses, resumes or cancels a recovery, and writes down who did. One that has ended keeps its ending. */
export function createChangeRecovery({ pool }: ActivityDeps) {
  return function changeRecovery({ recoveryId, wish, by }: ChangeRecoveryInput): Promise<RecoveryProgress> {
    return writeChange(pool, recoveryId, { wish, by });
  };
}
