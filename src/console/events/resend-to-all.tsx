import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { client, dataOf, type Event } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { eventQuery } from './queries.ts';
import { toSendAgain } from './to-send-again.ts';

export function ResendToAll({ account, event: { id, deliveries } }: { account: string; event: Event }) {
  const cache = useQueryClient();
  const again = toSendAgain(deliveries);
  if (again.length === 0) return null;
  const endpoints = again.length === 1 ? 'the endpoint' : `all ${again.length} endpoints`;
  const resend = async () => {
    const asked = await Promise.allSettled(
      again.map(({ id: delivery }) =>
        dataOf(
          client.POST('/v1/accounts/{account}/deliveries/{id}/resend', {
            params: { path: { account, id: delivery } },
          }),
        ),
      ),
    );
    await cache.invalidateQueries({ queryKey: eventQuery(account, id).queryKey });
    const refused = asked.find((one) => one.status === 'rejected');
    if (refused) throw refused.reason;
    notifications.show({ color: 'teal', message: `Sent again to ${endpoints}.` });
  };
  return (
    <Confirm
      label="Resend to all…"
      title={`Send it again to ${endpoints}?`}
      text="Each gets the same event with the same id once more, those that have it already, too. A receiver that does not drop duplicates will act on it twice."
      keep="Cancel"
      confirm="Send again"
      run={resend}
    />
  );
}
