import { createAttempt } from './attempt.ts';
import { createAttemptEach, createHandOver } from './attempt-each.ts';
import { createChangeRecovery } from './change-recovery.ts';
import type { ActivityDeps } from './deps.ts';
import { createReconsider } from './reconsider.ts';
import { createRecord } from './record.ts';
import { createRecoverPage } from './recover-page.ts';
import { createSettle } from './settle.ts';

export type { ActivityDeps } from './deps.ts';

/** The activities of a worker, closed over what they need. */
export function createActivities(deps: ActivityDeps) {
  return {
    attempt: createAttempt(deps),
    attemptEach: createAttemptEach(deps),
    handOver: createHandOver(deps),
    record: createRecord(deps),
    reconsider: createReconsider(deps),
    settle: createSettle(deps),
    recoverPage: createRecoverPage(deps),
    changeRecovery: createChangeRecovery(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
