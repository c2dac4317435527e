import { useInfiniteQuery } from '@tanstack/react-query';
import { keysQuery } from '../keys/queries.ts';

const OTHERS = [
  { value: 'operator', label: 'Operator' },
  { value: 'posthaste', label: 'Posthaste itself' },
];

/** Who may have done something, by the name of their key; a key that was revoked has none any more. */
export function useActors(account: string): { value: string; label: string }[] {
  const { data } = useInfiniteQuery(keysQuery(account));
  const keys = data?.pages.flatMap((page) => page.data) ?? [];
  return [...OTHERS, ...keys.map(({ id, name, prefix }) => ({ value: id, label: `${name} (${prefix}…)` }))];
}
