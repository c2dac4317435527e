import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { client, dataOf, type Endpoint } from '../api/client.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { endpointsQuery } from './queries.ts';

export function DeleteEndpoint({ account, endpoint: { id, url } }: { account: string; endpoint: Endpoint }) {
  const [opened, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      dataOf(client.DELETE('/v1/accounts/{account}/endpoints/{id}', { params: { path: { account, id } } })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: endpointsQuery(account).queryKey });
      notifications.show({ message: 'The endpoint was deleted.' });
      await navigate({ to: '/a/$account/endpoints', params: { account } });
    },
  });
  return (
    <Panel
      title="Delete endpoint"
      text="To stop for a while, pause it instead."
      action={
        <Button variant="light" color="red" onClick={open}>
          Delete…
        </Button>
      }
    >
      <Modal
        opened={opened}
        onClose={close}
        title="Delete this endpoint?"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text style={{ overflowWrap: 'anywhere' }}>
            Nothing more is sent to <strong>{url}</strong>. Deliveries that still wait for it fail, and this
            cannot be taken back. What was delivered stays in the log.
          </Text>
          {remove.isError && <ProblemAlert error={remove.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it
            </Button>
            <Button color="red.8" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete endpoint
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Panel>
  );
}
