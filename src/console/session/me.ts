import { queryOptions, useQuery } from '@tanstack/react-query';
import { client, dataOf, type Me } from '../api/client.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => dataOf(client.GET('/v1/me')),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who a key belongs to, before it is kept. @throws {PosthasteError} 401 */
export function askWho(key: string): Promise<Me> {
  return dataOf(client.GET('/v1/me', { headers: { Authorization: `Bearer ${key}` } }));
}

/** Whether the key of this session may change things; until it is known, nothing is offered. */
export function useMayWrite(): boolean {
  return useQuery(meQuery).data?.scopes.includes('write') ?? false;
}
