import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client, type Delivery, dataOf } from '../api/client.ts';
import { wordsOf } from '../api/words-of.ts';
import { deliveryQuery } from './queries.ts';

export interface CommandTarget {
  account: string;
  id: string;
}

/** What the API takes to set another time, or another schedule from here on. */
export interface NewSchedule {
  nextAttemptAt?: string;
  retrySchedule?: number[];
}

/** Tells a delivery what to do, and shows what came of it. What is refused is shown where it was asked, or as a notice. */
function useCommand<Given>(
  { account, id }: CommandTarget,
  ask: (path: { account: string; id: string }, given: Given) => Promise<Delivery>,
  done: (delivery: Delivery) => unknown,
) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => ask({ account, id }, given),
    onSuccess: (delivery) => {
      cache.setQueryData(deliveryQuery(account, delivery.id).queryKey, delivery);
      return done(delivery);
    },
    onError: (error) => {
      // It may have moved meanwhile, which is why.
      void cache.invalidateQueries({ queryKey: deliveryQuery(account, id).queryKey });
      notifications.show({ color: 'red', message: wordsOf(error) });
    },
  });
}

export function useRetry(target: CommandTarget) {
  return useCommand<void>(
    target,
    (path) => dataOf(client.POST('/v1/accounts/{account}/deliveries/{id}/retry', { params: { path } })),
    () => undefined,
  );
}

export function useCancel(target: CommandTarget, done: () => void) {
  return useCommand<void>(
    target,
    (path) => dataOf(client.POST('/v1/accounts/{account}/deliveries/{id}/cancel', { params: { path } })),
    done,
  );
}

export function useResend(target: CommandTarget, done: (resent: Delivery) => unknown) {
  return useCommand<void>(
    target,
    (path) => dataOf(client.POST('/v1/accounts/{account}/deliveries/{id}/resend', { params: { path } })),
    done,
  );
}

export function useReschedule(target: CommandTarget, done: () => void) {
  return useCommand<NewSchedule>(
    target,
    (path, body) =>
      dataOf(client.PATCH('/v1/accounts/{account}/deliveries/{id}', { params: { path }, body })),
    done,
  );
}
