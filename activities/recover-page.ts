import { recoverNextPage } from '../src/db/recovery-page.ts';
import type { RecoveryPage } from '../src/domain/recovery.ts';
import type { ActivityDeps } from './deps.ts';

/** Deliveries looked at in one transaction. */
const PAGE_ROWS = 50;
/** A recovery keeps no more than these in front of its endpoint, so that what is new does not wait behind it. */
const MOST_WAITING = 100;

/** Sends the next page of a recovery again, and has the new deliveries started at once. */
export function createRecoverPage({ pool, offer }: ActivityDeps) {
  return async function recoverPage({ recoveryId }: { recoveryId: string }): Promise<RecoveryPage> {
    const options = { rows: PAGE_ROWS, mostWaiting: MOST_WAITING };
    const { made, ...page } = await recoverNextPage(pool, recoveryId, options);
    offer(made);
    return page;
  };
}
