import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { client, dataOf } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Panel } from '../parts/panel.tsx';
import { eventQuery } from './queries.ts';

export function DropData({ account, id }: { account: string; id: string }) {
  const cache = useQueryClient();
  const drop = async () => {
    await dataOf(
      client.DELETE('/v1/accounts/{account}/events/{id}/payload', { params: { path: { account, id } } }),
    );
    await cache.invalidateQueries({ queryKey: eventQuery(account, id).queryKey });
    void cache.invalidateQueries({ queryKey: ['events', account] });
    notifications.show({ message: 'The data is no longer kept.' });
  };
  return (
    <Panel
      title="Drop data"
      text="When it must no longer be kept. The event and its deliveries stay on record."
      action={
        <Confirm
          label="Drop data…"
          title="Drop the data of this event?"
          text="Its data, and what endpoints answered to it, are deleted for good. Deliveries that are still on their way are stopped, and it can never be sent again."
          keep="Keep it"
          confirm="Drop data"
          isDangerous
          run={drop}
        />
      }
    />
  );
}
