import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { leave } from '../session/key.ts';
import { PosthasteError } from './client.ts';

/** A key that ended leads back to sign-in, whatever was being asked for. */
export function leaveIfRefused(error: unknown): void {
  if (error instanceof PosthasteError && error.status === 401) leave();
}

/** What the API would say again is not asked again. */
const retry = (failures: number, error: Error) =>
  failures < 2 && !(error instanceof PosthasteError && error.status >= 400 && error.status < 500);

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: leaveIfRefused }),
  mutationCache: new MutationCache({ onError: leaveIfRefused }),
  defaultOptions: { queries: { retry, staleTime: 5000 } },
});
