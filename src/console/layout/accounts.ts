import { infiniteQueryOptions } from '@tanstack/react-query';
import { client, dataOf } from '../api/client.ts';

export const accountsQuery = infiniteQueryOptions({
  queryKey: ['accounts'],
  queryFn: ({ pageParam }) =>
    dataOf(client.GET('/v1/accounts', { params: { query: { limit: 100, cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
});
