import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { client, dataOf, type Endpoint } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Panel } from '../parts/panel.tsx';
import { endpointsQuery } from './queries.ts';

export function DeleteEndpoint({ account, endpoint: { id, url } }: { account: string; endpoint: Endpoint }) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const remove = async () => {
    await dataOf(
      client.DELETE('/v1/accounts/{account}/endpoints/{id}', { params: { path: { account, id } } }),
    );
    await cache.invalidateQueries({ queryKey: endpointsQuery(account).queryKey });
    notifications.show({ message: 'The endpoint was deleted.' });
    await navigate({ to: '/a/$account/endpoints', params: { account } });
  };
  return (
    <Panel
      title="Delete endpoint"
      text="To stop for a while, pause it instead."
      action={
        <Confirm
          label="Delete…"
          title="Delete this endpoint?"
          text={
            <>
              Nothing more is sent to <strong>{url}</strong>. Deliveries that still wait for it fail, and this
              cannot be taken back. What was delivered stays in the log.
            </>
          }
          keep="Keep it"
          confirm="Delete endpoint"
          isDangerous
          run={remove}
        />
      }
    />
  );
}
