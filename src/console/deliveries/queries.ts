import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { isFinal } from '../../domain/delivery.ts';
import { type AttemptRequest, client, type Delivery, type DeliveryLog, dataOf } from '../api/client.ts';

/** How often a delivery on its way is looked at. */
const LOOK_EVERY_MS = 700;
/** One that sleeps, or waits for somebody, is looked at so seldom until its time comes. */
const LOOK_AT_RESTING_EVERY_MS = 5000;

/** When to look again, in milliseconds; false: nothing changes any more. */
function nextLook(delivery: Delivery | undefined): number | false {
  if (!delivery) return LOOK_EVERY_MS;
  if (isFinal(delivery.status)) return false;
  const { status, nextAttemptAt, waitsFor } = delivery;
  if (status === 'held' || waitsFor) return LOOK_AT_RESTING_EVERY_MS;
  if (status === 'delivering' || !nextAttemptAt) return LOOK_EVERY_MS;
  return Math.min(Math.max(Date.parse(nextAttemptAt) - Date.now(), LOOK_EVERY_MS), LOOK_AT_RESTING_EVERY_MS);
}

/** One delivery, looked at again and again until it has ended. */
export const deliveryQuery = (account: string, id: string) =>
  queryOptions({
    queryKey: ['delivery', account, id],
    queryFn: () =>
      dataOf(client.GET('/v1/accounts/{account}/deliveries/{id}', { params: { path: { account, id } } })),
    refetchInterval: ({ state }) => nextLook(state.data),
  });

/** Its story so far, asked for again when the delivery has moved: Temporal is asked for it. */
export const deliveryLogQuery = (account: string, { id, status, attemptCount, nextAttemptAt }: Delivery) =>
  queryOptions({
    queryKey: ['delivery-log', account, id, status, attemptCount, nextAttemptAt],
    queryFn: (): Promise<DeliveryLog> =>
      dataOf(client.GET('/v1/accounts/{account}/deliveries/{id}/log', { params: { path: { account, id } } })),
    placeholderData: keepPreviousData,
  });

export const attemptRequestQuery = (account: string, id: string, number: number) =>
  queryOptions({
    queryKey: ['attempt-request', account, id, number],
    queryFn: (): Promise<AttemptRequest> =>
      dataOf(
        client.GET('/v1/accounts/{account}/deliveries/{id}/attempts/{number}/request', {
          params: { path: { account, id, number } },
        }),
      ),
  });
