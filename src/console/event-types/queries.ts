import { queryOptions } from '@tanstack/react-query';
import { type CatalogueEventType, client, dataOf, type EventType, eachItem } from '../api/client.ts';
import type { Origin } from './search.ts';

/** A type of either kind. */
export type ListedType = Pick<EventType, 'name' | 'description' | 'schema' | 'sample'> &
  Partial<Pick<EventType, 'updatedAt'>> & { origin: Origin };

/** All types that events of the account can have with a meaning that is known: its own first, newest first. */
export const allTypesQuery = (account: string) =>
  queryOptions({
    queryKey: ['event-types', account],
    queryFn: async (): Promise<ListedType[]> => {
      const [own, catalogue] = await Promise.all([ownTypes(account), catalogueTypes()]);
      return [
        ...own.map((type) => ({ ...type, origin: 'own' as const })),
        ...catalogue.map((type) => ({ ...type, origin: type.profile })),
      ];
    },
    staleTime: 60_000,
  });

function ownTypes(account: string): Promise<EventType[]> {
  return everyOne((cursor) =>
    dataOf(
      client.GET('/v1/accounts/{account}/event-types', {
        params: { path: { account }, query: { limit: 250, cursor } },
      }),
    ),
  );
}

function catalogueTypes(): Promise<CatalogueEventType[]> {
  return everyOne((cursor) =>
    dataOf(client.GET('/v1/event-types', { params: { query: { limit: 250, cursor } } })),
  );
}

async function everyOne<T>(fetchPage: Parameters<typeof eachItem<T>>[0]): Promise<T[]> {
  const items: T[] = [];
  for await (const item of eachItem(fetchPage)) items.push(item);
  return items;
}
