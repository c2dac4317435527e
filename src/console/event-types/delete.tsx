import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { client, dataOf } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Panel } from '../parts/panel.tsx';
import { allTypesQuery } from './queries.ts';

export function DeleteType({ account, name }: { account: string; name: string }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    await dataOf(
      client.DELETE('/v1/accounts/{account}/event-types/{type}', {
        params: { path: { account, type: name } },
      }),
    );
    await navigate({ to: '/a/$account/event-types', params: { account } });
    notifications.show({ message: `${name} was deleted.` });
    await cache.invalidateQueries({ queryKey: allTypesQuery(account).queryKey });
  };
  return (
    <Panel
      title="Delete event type"
      text="Events of this name are still accepted; their data is no longer checked."
      action={
        <Confirm
          label="Delete…"
          title="Delete this event type?"
          text={
            <>
              The description, schema and sample of <strong>{name}</strong> are deleted. Events of this name
              are still accepted and delivered, whatever their data is.
            </>
          }
          keep="Keep it"
          confirm="Delete event type"
          isDangerous
          run={remove}
        />
      }
    />
  );
}
