import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, dataOf } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { LogsSearch } from './filter.ts';
import { toQuery } from './wanted.ts';

const PAGE_ROWS = 50;
/** As many as the API gives at once. */
const MOST_PAGE_ROWS = 250;

export function deliveriesQuery(account: string, { live: _, ...search }: LogsSearch) {
  const queryKey = ['deliveries', account, search] as const;
  const cached = () => queries.getQueryData<{ pages: { data: unknown[] }[] }>(queryKey);
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => {
      // A first page that grew by what came live is read again as long as it is.
      const rows = pageParam === undefined ? (cached()?.pages[0]?.data.length ?? 0) : 0;
      const limit = Math.min(Math.max(rows, PAGE_ROWS), MOST_PAGE_ROWS);
      return dataOf(
        client.GET('/v1/accounts/{account}/deliveries', {
          params: { path: { account }, query: { ...toQuery(search, new Date()), limit, cursor: pageParam } },
          signal,
        }),
      );
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
}

/** So many endpoints are known by their URLs. */
const MOST_ENDPOINTS = 1000;

/** The URLs of the account's endpoints by their ids. */
export const endpointUrlsQuery = (account: string) =>
  queryOptions({
    queryKey: ['endpoint-urls', account],
    queryFn: async () => {
      const urls = new Map<string, string>();
      let cursor: string | undefined;
      do {
        const page = await dataOf(
          client.GET('/v1/accounts/{account}/endpoints', {
            params: { path: { account }, query: { limit: MOST_PAGE_ROWS, cursor } },
          }),
        );
        for (const { id, url } of page.data) urls.set(id, url);
        cursor = page.nextCursor ?? undefined;
      } while (cursor && urls.size < MOST_ENDPOINTS);
      return urls;
    },
    staleTime: 60_000,
  });
