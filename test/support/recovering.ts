import type { RecoveryAnswer } from '../../src/api/recovery-contract.ts';
import type { Merchant } from './merchant.ts';
import type { Answer } from './posthaste.ts';
import type { ReceivedRequest, Receiver } from './receiver.ts';
import { waitUntil } from './wait.ts';

/** How long a recovery of some hundreds may take on a busy machine. */
const RECOVERED_WITHIN_MS = 60_000;

export const HOUR_AGO = () => new Date(Date.now() - 7_200_000).toISOString();

/** What a merchant does with recoveries. Its methods throw at an unexpected status. */
export function recovering(merchant: Pick<Merchant, 'call'>) {
  const ask = (endpointId: string, body: object = {}) =>
    merchant.call<RecoveryAnswer & { code?: string; detail?: string }>(
      'POST',
      `/endpoints/${endpointId}/recover`,
      { since: HOUR_AGO(), ...body },
    );
  const read = async (id: string) =>
    expecting(200, await merchant.call<RecoveryAnswer>('GET', `/recoveries/${id}`));
  return {
    ask,
    start: async (endpointId: string, body?: object) => expecting(202, await ask(endpointId, body)),
    dryRun: async (endpointId: string, body: object = {}) => {
      const { count, skipped } = expecting(
        200,
        await ask(endpointId, { ...body, dryRun: true }),
      ) as unknown as {
        count: number;
        skipped: number;
      };
      return { count, skipped };
    },
    read,
    press: (id: string, command: 'pause' | 'resume' | 'cancel') =>
      merchant.call<RecoveryAnswer & { code?: string }>('POST', `/recoveries/${id}/${command}`),
    until: (id: string, holds: (recovery: RecoveryAnswer) => boolean) =>
      waitUntil(() => read(id), holds, RECOVERED_WITHIN_MS),
    completed: (id: string) =>
      waitUntil(
        () => read(id),
        ({ status }) => status === 'completed',
        RECOVERED_WITHIN_MS,
      ),
  };
}

function expecting<Body>(status: number, answer: Answer<Body>): Body {
  if (answer.status !== status) throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Waits until a path has got as many requests, and gives the ids of their events in the order they came. */
export async function eventsAt(receiver: Receiver, path: string, count: number): Promise<string[]> {
  const there = (all: readonly ReceivedRequest[]) => all.filter((request) => request.path === path);
  await receiver.waitFor((all) => there(all).length >= count, RECOVERED_WITHIN_MS);
  return there(receiver.requests).map(({ headers }) => headers['webhook-id'] ?? '');
}
