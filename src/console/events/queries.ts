import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, dataOf, type Event } from '../api/client.ts';
import { momentsOf } from '../parts/times.ts';
import { hasEnded } from './has-ended.ts';
import type { EventsSearch } from './search.ts';

/** How often an event whose deliveries are on their way is looked at. */
const LOOK_EVERY_MS = 800;
/** Deliveries that sleep until their next attempt, or are held, move no sooner. */
const LOOK_AT_SLEEPERS_EVERY_MS = 5000;

export const eventsQuery = (account: string, search: EventsSearch) =>
  infiniteQueryOptions({
    queryKey: ['events', account, search],
    queryFn: ({ pageParam }) =>
      dataOf(
        client.GET('/v1/accounts/{account}/events', {
          params: {
            path: { account },
            query: { limit: 50, cursor: pageParam, event: search.event, ...momentsOf(search, new Date()) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** One event, looked at until its deliveries have ended. */
export const eventQuery = (account: string, id: string) =>
  queryOptions({
    queryKey: ['event', account, id],
    queryFn: () =>
      dataOf(client.GET('/v1/accounts/{account}/events/{id}', { params: { path: { account, id } } })),
    refetchInterval: ({ state }) => nextLook(state.data),
  });

function nextLook(event: Event | undefined): number | false {
  const open = event?.deliveries.filter((delivery) => !hasEnded(delivery)) ?? [];
  if (open.length === 0) return false;
  const moving = open.some(({ status }) => status === 'pending' || status === 'delivering');
  return moving ? LOOK_EVERY_MS : LOOK_AT_SLEEPERS_EVERY_MS;
}
