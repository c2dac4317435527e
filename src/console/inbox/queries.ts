import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, dataOf } from '../api/client.ts';

/** How often the inbox is looked into while somebody looks at it. */
const LOOK_EVERY_MS = 1000;

export const inboxQuery = (account: string, name: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['inbox', account, name],
    queryFn: ({ pageParam }) =>
      dataOf(
        client.GET('/v1/accounts/{account}/inbox-requests', {
          params: { path: { account }, query: { limit: 50, cursor: pageParam, inbox: name } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: LOOK_EVERY_MS,
  });

/** What came does not change. */
export const inboxRequestQuery = (account: string, id: string) =>
  queryOptions({
    queryKey: ['inbox-request', account, id],
    queryFn: () =>
      dataOf(client.GET('/v1/accounts/{account}/inbox-requests/{id}', { params: { path: { account, id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
