import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, dataOf, type Profile } from '../api/client.ts';

export const endpointsQuery = (account: string) =>
  infiniteQueryOptions({
    queryKey: ['endpoints', account],
    queryFn: ({ pageParam }) =>
      dataOf(
        client.GET('/v1/accounts/{account}/endpoints', {
          params: { path: { account }, query: { limit: 50, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

export const endpointQuery = (account: string, id: string) =>
  queryOptions({
    queryKey: ['endpoint', account, id],
    queryFn: () =>
      dataOf(client.GET('/v1/accounts/{account}/endpoints/{id}', { params: { path: { account, id } } })),
  });

export interface KnownType {
  name: string;
  description?: string;
  sample?: Record<string, unknown>;
}

/** Types that an endpoint of the profile can receive: the catalogue's and, for `standard`, the account's own. */
export const typesQuery = (account: string, profile: Profile) =>
  queryOptions({
    queryKey: ['event-types', account, profile],
    queryFn: async (): Promise<KnownType[]> => {
      const catalogue = await dataOf(
        client.GET('/v1/event-types', { params: { query: { profile, limit: 250 } } }),
      );
      if (profile !== 'standard') return catalogue.data;
      const own = await dataOf(
        client.GET('/v1/accounts/{account}/event-types', {
          params: { path: { account }, query: { limit: 250 } },
        }),
      );
      return [...own.data, ...catalogue.data];
    },
    staleTime: 60_000,
  });
