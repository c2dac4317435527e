import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, dataOf } from '../api/client.ts';
import { isTooMuch } from '../api/too-much.ts';
import { RANGES, type Range } from './range.ts';

/** How deliveries fared up to now, read again as time goes by. */
export const overviewQuery = (account: string, range: Range) =>
  queryOptions({
    queryKey: ['overview', account, range],
    queryFn: ({ signal }) => {
      const until = new Date();
      const since = new Date(until.getTime() - RANGES[range].ms);
      return dataOf(
        client.GET('/v1/accounts/{account}/overview', {
          params: {
            path: { account },
            query: { since: since.toISOString(), until: until.toISOString() },
          },
          signal,
        }),
      );
    },
    refetchInterval: ({ state: { error } }) => !isTooMuch(error) && RANGES[range].refreshMs,
    placeholderData: keepPreviousData,
  });
