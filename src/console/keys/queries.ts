import { infiniteQueryOptions } from '@tanstack/react-query';
import { client, dataOf } from '../api/client.ts';

export const keysQuery = (account: string) =>
  infiniteQueryOptions({
    queryKey: ['keys', account],
    queryFn: ({ pageParam }) =>
      dataOf(
        client.GET('/v1/accounts/{account}/keys', {
          params: { path: { account }, query: { limit: 100, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
