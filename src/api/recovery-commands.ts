import { setTimeout as delay } from 'node:timers/promises';
import { changeRecovery, findRecovery, type RecoveryRow, recoveryStatus } from '../db/recoveries.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { isOpen, RECOVERY_WISHES, type RecoveryStatus, type RecoveryWish } from '../domain/recovery.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams } from './contracts.ts';
import type { ApiDeps } from './deps.ts';
import { recoveryAnswer, toRecovery } from './recovery-contract.ts';
import { type Route, route } from './route.ts';

/** How often to look whether a command has taken effect, and for how long. */
const LOOK_INTERVAL_MS = 15;
const LONGEST_LOOK_MS = 2000;

function command(wish: RecoveryWish, summary: string, description: string): Route {
  return route({
    method: 'post',
    path: `/v1/accounts/:account/recoveries/:id/${wish}`,
    operationId: `${wish}Recovery`,
    tag: 'Recoveries',
    summary,
    description,
    access: 'write',
    portal: true,
    params: accountAndIdParams,
    answers: { 202: { description: 'The recovery, as it is now.', schema: recoveryAnswer } },
    async handle({ params: { account, id }, caller, deps }) {
      const before = await findOr404(deps, account, id);
      refuseSenseless(wish, before.status);
      await tellOr409(deps, before, wish, actorOf(caller));
      await untilLeft(deps, before);
      return { status: 202, body: toRecovery(await findOr404(deps, account, id)) };
    },
  });
}

export const recoveryCommandRoutes: Route[] = [
  command(
    'pause',
    'Make no more deliveries for now',
    'Deliveries that it has made go on. A 409 unless it is running.',
  ),
  command('resume', 'Go on with a paused recovery', 'A 409 unless it is paused.'),
  command(
    'cancel',
    'End a recovery',
    'Deliveries that it has made go on; each can be cancelled. A 409 when the recovery has ended.',
  ),
];

/** @throws {AppError} 404 */
async function findOr404({ pool }: ApiDeps, account: string, id: string): Promise<RecoveryRow> {
  const row = await findRecovery(pool, account, id);
  if (!row) throw notFound('recovery', id);
  return row;
}

/** @throws {AppError} 409 */
function refuseSenseless(wish: RecoveryWish, status: RecoveryStatus): void {
  const from: readonly RecoveryStatus[] = RECOVERY_WISHES[wish].from;
  if (from.includes(status)) return;
  if (!isOpen(status)) throw new AppError(409, 'recovery_over', `The recovery has ended: it is ${status}.`);
  if (wish === 'pause') throw new AppError(409, 'recovery_not_running', 'The recovery is paused already.');
  throw new AppError(409, 'recovery_not_paused', 'The recovery is running; there is nothing to resume.');
}

/**
 * Tells the workflow. One that is not started yet, or that Temporal has lost, is started for it; one that was
 * ended there can still be cancelled here.
 *
 * @throws {AppError} 409
 */
async function tellOr409(
  { pool, recoveries }: ApiDeps,
  { id, account_id: accountId, endpoint_id: endpointId }: RecoveryRow,
  wish: RecoveryWish,
  by: string,
): Promise<void> {
  if (await recoveries.signal(id, wish, by)) return;
  if (wish === 'cancel') {
    await changeRecovery(pool, id, { wish, by });
    return;
  }
  await recoveries.start({ id, accountId, endpointId });
  if (await recoveries.signal(id, wish, by)) return;
  throw new AppError(409, 'recovery_over', 'The recovery was ended in Temporal.');
}

/** Waits until a command shows in the record, for two seconds at most: a page may be under way. */
async function untilLeft({ pool }: ApiDeps, before: RecoveryRow): Promise<void> {
  const deadline = Date.now() + LONGEST_LOOK_MS;
  while (Date.now() < deadline) {
    if ((await recoveryStatus(pool, before.account_id, before.id)) !== before.status) return;
    await delay(LOOK_INTERVAL_MS);
  }
}
