import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { PosthasteError } from '../api/client.ts';
import { checkEvent, type WrittenEvent } from './event-calls.ts';

/** What is being typed is checked once it rests for so long. */
const REST_MS = 300;

/**
 * Why the API would refuse an event, asked as it is written; null when it would not, or when that is not known yet.
 *
 * @param draft undefined while it cannot be sent at all
 */
export function useFit(account: string, draft: WrittenEvent | undefined): PosthasteError | null {
  const written = draft && JSON.stringify([draft.event, draft.text]);
  const [rested] = useDebouncedValue(written, REST_MS);
  const { error } = useQuery({
    queryKey: ['event-check', account, rested],
    queryFn: async () => {
      if (draft) await checkEvent(account, draft);
      return null;
    },
    enabled: written !== undefined && written === rested,
    retry: false,
  });
  const isSettled = written === rested;
  return isSettled && error instanceof PosthasteError && error.status < 500 ? error : null;
}
