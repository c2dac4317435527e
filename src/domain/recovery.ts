/** The words of a recovery: sending again what did not arrive at an endpoint. No I/O, no clock. */

export const RECOVERY_STATUSES = ['running', 'paused', 'completed', 'cancelled'] as const;
export type RecoveryStatus = (typeof RECOVERY_STATUSES)[number];

/** The endings of a delivery that can be recovered from. */
export const RECOVERABLE_STATUSES = ['failed', 'cancelled'] as const;
export type RecoverableStatus = (typeof RECOVERABLE_STATUSES)[number];

export function isOpen(status: RecoveryStatus): status is 'running' | 'paused' {
  return status === 'running' || status === 'paused';
}

/** What somebody can ask of a recovery, and the statuses in which it means something. */
export const RECOVERY_WISHES = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['running', 'paused'], to: 'cancelled' },
} as const satisfies Record<string, { from: readonly RecoveryStatus[]; to: RecoveryStatus }>;
export type RecoveryWish = keyof typeof RECOVERY_WISHES;

/** How far a recovery has come. */
export interface RecoveryProgress {
  status: RecoveryStatus;
  /** Deliveries that matched when it was asked for; resent and skipped in the end. */
  total: number;
  resent: number;
  /** Arrived meanwhile, on their way again, tests, or without their payload. */
  skipped: number;
}

/** What came of one look at the next page. */
export interface RecoveryPage {
  progress: RecoveryProgress;
  /** Nothing was sent, for enough is on its way: look again later. */
  holdsBack: boolean;
}

/** A recovery that was just committed and whose workflow must be started. */
export interface CommittedRecovery {
  id: string;
  accountId: string;
  endpointId: string;
}
