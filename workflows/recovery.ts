import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { isOpen, RECOVERY_WISHES, type RecoveryProgress, type RecoveryWish } from '../src/domain/recovery.ts';
import { ordinary } from './activities.ts';
import * as messages from './recovery-messages.ts';
import { onSignal } from './signals.ts';

/** How long to hold back before the next look, at first; twice as long each time, up to the longest. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** Begin anew long before Temporal would ask for it: an operator can still read this much. */
const LONGEST_HISTORY = 1000;

/**
 * Sends again what did not arrive at an endpoint: page after page, holding back while enough is on its way, resting
 * while paused. How far it has come is kept in Postgres with every page; here are counts only.
 */
export async function recovery({ recoveryId, goesOn }: messages.RecoveryInput): Promise<RecoveryProgress> {
  const asked: messages.Asked[] = goesOn?.asked ?? [];
  let progress = goesOn?.progress;
  let waitMs = FIRST_WAIT_MS;
  for (const wish of Object.keys(RECOVERY_WISHES) as RecoveryWish[])
    onSignal(messages.WISHES[wish], ({ by = 'temporal' }) => asked.push({ wish, by }));
  setHandler(messages.progress, () => progress);

  const isAsked = () => asked.length > 0;
  const change = (wish: messages.Asked) => ordinary(wish.wish).changeRecovery({ recoveryId, ...wish });

  try {
    do {
      const next = asked.shift();
      if (next) progress = shown(await change(next));
      else if (progress?.status === 'paused') await condition(isAsked);
      else {
        const page = await ordinary('next page').recoverPage({ recoveryId });
        progress = shown(page.progress, page.holdsBack ? ' Enough are on their way.' : '');
        if (page.holdsBack) await condition(isAsked, waitMs, { summary: 'while enough are on their way' });
        waitMs = page.holdsBack ? Math.min(waitMs * 2, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
      }
      if (progress && isOpen(progress.status) && hasGrownLong())
        await continueAsNew<typeof recovery>({ recoveryId, goesOn: { progress, asked } });
    } while (!progress || isOpen(progress.status));
    return progress;
  } catch (error) {
    if (isCancellation(error))
      shown(await CancellationScope.nonCancellable(() => change({ wish: 'cancel', by: 'temporal' })));
    throw error;
  }
}

function shown(progress: RecoveryProgress, more = ''): RecoveryProgress {
  const { status, total, resent, skipped } = progress;
  setCurrentDetails(`${status}: ${resent} resent and ${skipped} skipped of ${total}.${more}`);
  return progress;
}

function hasGrownLong(): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONGEST_HISTORY;
}
