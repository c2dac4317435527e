import { infiniteQueryOptions } from '@tanstack/react-query';
import { client, dataOf } from '../api/client.ts';
import { momentsOf } from '../parts/times.ts';
import type { AuditSearch } from './search.ts';

export const auditQuery = (account: string, search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit-log', account, search],
    queryFn: ({ pageParam }) => {
      const { actor, action, target, ...times } = search;
      const query = { actor, action, target, ...momentsOf(times, new Date()), limit: 50, cursor: pageParam };
      return dataOf(client.GET('/v1/accounts/{account}/audit-log', { params: { path: { account }, query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
