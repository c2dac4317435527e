import { createAttempt } from './attempt.ts';
import { createHandOver } from './attempt-each.ts';
import type { AttemptEachInput, MadeEach } from './attempt-each-input.ts';
import { createChangeRecovery } from './change-recovery.ts';
import type { ActivityDeps } from './deps.ts';
import { heartbeating } from './heartbeating.ts';
import { createReconsider } from './reconsider.ts';
import { createRecord } from './record.ts';
import { createRecoverPage } from './recover-page.ts';
import { createSettle } from './settle.ts';

export type { ActivityDeps } from './deps.ts';

/**
 * The activities of a worker, closed over what they need.
 *
 * @param attemptEach makes the attempts of a burst, here or in a thread of their own
 */
export function createActivities(
  deps: ActivityDeps,
  attemptEach: (burst: AttemptEachInput) => Promise<MadeEach>,
) {
  const { ahead, heartbeat } = deps;
  return {
    attempt: createAttempt(deps),
    attemptEach: (input: AttemptEachInput) =>
      heartbeating(heartbeat, () => ahead?.takeEach(input.burst) ?? attemptEach(input)),
    handOver: createHandOver(deps),
    record: createRecord(deps),
    reconsider: createReconsider(deps),
    settle: createSettle(deps),
    recoverPage: createRecoverPage(deps),
    changeRecovery: createChangeRecovery(deps),
  };
}

export type Activities = ReturnType<typeof createActivities>;
