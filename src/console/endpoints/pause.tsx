import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf, type Endpoint } from '../api/client.ts';
import { wordsOf } from '../api/words-of.ts';
import { endpointQuery, endpointsQuery } from './queries.ts';

export function PauseOrResume({
  account,
  endpoint: { id, status },
}: {
  account: string;
  endpoint: Endpoint;
}) {
  const cache = useQueryClient();
  const init = { params: { path: { account, id } } };
  const change = useMutation({
    mutationFn: () =>
      dataOf(
        status === 'active'
          ? client.POST('/v1/accounts/{account}/endpoints/{id}/pause', init)
          : client.POST('/v1/accounts/{account}/endpoints/{id}/resume', init),
      ),
    onSuccess: (endpoint) => {
      cache.setQueryData(endpointQuery(account, id).queryKey, endpoint);
      void cache.invalidateQueries({ queryKey: endpointsQuery(account).queryKey });
      const paused = endpoint.status === 'paused';
      notifications.show({
        color: 'teal',
        message: paused ? 'Paused. Deliveries are held.' : 'What was held is going out now.',
      });
    },
    onError: (error) => notifications.show({ color: 'red', message: wordsOf(error) }),
  });
  const label = { active: 'Pause', paused: 'Resume', disabled: 'Enable' }[status];
  return (
    <Button variant="default" loading={change.isPending} onClick={() => change.mutate()}>
      {label}
    </Button>
  );
}
