import type { RecoveryCount } from '../api/client.ts';
import { countAt, type Scope } from './queries.ts';

/** So many endpoints are counted at a time. */
const AT_A_TIME = 4;

/** Counts at each endpoint, and gives those where anything matches, most first. */
export async function countEach(
  account: string,
  endpointIds: readonly string[],
  scope: Scope,
): Promise<RecoveryCount[]> {
  const left = [...endpointIds];
  const counts: RecoveryCount[] = [];
  const countSome = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      counts.push(await countAt(account, id, scope));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, countSome));
  return counts
    .filter(({ count, skipped }) => count + skipped > 0)
    .sort((a, b) => b.count - a.count || b.skipped - a.skipped);
}
