import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, dataOf, type Recovery, type RecoveryCount } from '../api/client.ts';
import { isTooMuch } from '../api/too-much.ts';

const LOOK_EVERY_MS = 600;
/** A paused one moves only when somebody lets it. */
const LOOK_AT_PAUSED_EVERY_MS = 3000;
const LOOK_AT_LIST_EVERY_MS = 1500;
const LOOK_AT_OUTCOME_EVERY_MS = 3000;

/** The longest span of an overview, as the API has it. */
const LONGEST_OVERVIEW_MS = 31 * 86_400_000;

/** What is to be sent again. */
export interface Scope {
  /** RFC 3339: deliveries made from then on. */
  since: string;
  /** Made before then; until now when absent. */
  until?: string | undefined;
  status: Recovery['statuses'];
}

export const isOpen = ({ status }: Pick<Recovery, 'status'>) => status === 'running' || status === 'paused';

export const recoveriesQuery = (account: string) =>
  infiniteQueryOptions({
    queryKey: ['recoveries', account],
    queryFn: ({ pageParam }) =>
      dataOf(
        client.GET('/v1/accounts/{account}/recoveries', {
          params: { path: { account }, query: { limit: 25, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(isOpen)) ? LOOK_AT_LIST_EVERY_MS : false,
  });

/** One recovery, looked at again and again until it has ended. */
export const recoveryQuery = (account: string, id: string) =>
  queryOptions({
    queryKey: ['recovery', account, id],
    queryFn: () =>
      dataOf(client.GET('/v1/accounts/{account}/recoveries/{id}', { params: { path: { account, id } } })),
    refetchInterval: ({ state }) => {
      if (state.data?.status === 'paused') return LOOK_AT_PAUSED_EVERY_MS;
      return state.data && !isOpen(state.data) ? false : LOOK_EVERY_MS;
    },
  });

/** How deliveries to its endpoint fare that were made since it began; looked at until it and they have ended. */
export const outcomeQuery = (account: string, recovery: Recovery) =>
  queryOptions({
    queryKey: ['recovery-outcome', account, recovery.id, isOpen(recovery)],
    queryFn: () => {
      const { createdAt: since, endpointId } = recovery;
      return dataOf(
        client.GET('/v1/accounts/{account}/overview', {
          params: { path: { account }, query: { since, endpointId } },
        }),
      );
    },
    enabled: Date.now() - Date.parse(recovery.createdAt) < LONGEST_OVERVIEW_MS,
    refetchInterval: ({ state }) =>
      !isTooMuch(state.error) && (isOpen(recovery) || state.data?.totals.open)
        ? LOOK_AT_OUTCOME_EVERY_MS
        : false,
  });

/** How much there is to send again to one endpoint; nothing is sent. */
export async function countAt(account: string, endpointId: string, scope: Scope): Promise<RecoveryCount> {
  return (await ask(account, endpointId, scope, true)) as RecoveryCount;
}

/** Sends it again. @throws {PosthasteError} 409 `recovery_open` when one is under way there */
export async function startAt(account: string, endpointId: string, scope: Scope): Promise<Recovery> {
  return (await ask(account, endpointId, scope, false)) as Recovery;
}

function ask(account: string, id: string, { since, until, status }: Scope, dryRun: boolean) {
  const params = { path: { account, id } };
  const body = { since, status, dryRun, ...(until && { until }) };
  return dataOf(client.POST('/v1/accounts/{account}/endpoints/{id}/recover', { params, body }));
}
