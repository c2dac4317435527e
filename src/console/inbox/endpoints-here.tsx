import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { client, dataOf, type Endpoint } from '../api/client.ts';
import { endpointQuery, endpointsQuery } from '../endpoints/queries.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useMayWrite } from '../session/me.ts';
import { answerText, type InboxAddress, inboxUrl } from './address.ts';
import { AnswerFields, isAnswerable } from './answer-fields.tsx';

/** An endpoint whose URL is one of an inbox. */
export interface InboxEndpoint {
  endpoint: Endpoint;
  address: InboxAddress;
}

/** How each of them is answered, and how to have it answered otherwise. */
export function EndpointsHere({ account, endpoints }: { account: string; endpoints: InboxEndpoint[] }) {
  const mayWrite = useMayWrite();
  if (endpoints.length === 0) return null;
  return (
    <Panel title="Endpoints that deliver here">
      <Stack gap="xs" component="ul" className="plain-list">
        {endpoints.map(({ endpoint, address }) => (
          <Group key={endpoint.id} component="li" justify="space-between" gap="xs">
            <div>
              <Link className="row-link" to="/a/$account/endpoints/$id" params={{ account, id: endpoint.id }}>
                {address.name}
              </Link>
              <Text size="sm" c="dimmed">
                {answerText(address)}
              </Text>
            </div>
            {mayWrite && (
              <Group gap="xs">
                <Button
                  size="xs"
                  variant="default"
                  renderRoot={(props) => (
                    <Link
                      to="/a/$account/endpoints/$id/test"
                      params={{ account, id: endpoint.id }}
                      {...props}
                    />
                  )}
                >
                  Send it a test
                </Button>
                <ChangeAnswer account={account} endpoint={endpoint} address={address} />
              </Group>
            )}
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}

function ChangeAnswer({ account, endpoint: { id, url }, address }: InboxEndpoint & { account: string }) {
  const [opened, { open, close }] = useDisclosure();
  const [wanted, setWanted] = useState(address);
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: () =>
      dataOf(
        client.PATCH('/v1/accounts/{account}/endpoints/{id}', {
          params: { path: { account, id } },
          body: { url: inboxUrl(new URL(url).origin, wanted) },
        }),
      ),
    onSuccess: async (changed) => {
      cache.setQueryData(endpointQuery(account, id).queryKey, changed);
      await cache.invalidateQueries({ queryKey: endpointsQuery(account).queryKey });
      notifications.show({ color: 'teal', message: `${answerText(wanted)}, from now on.` });
      close();
    },
  });
  const openAnew = () => {
    setWanted(address);
    open();
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        onClick={openAnew}
        aria-label={`Change the answer of ${address.name}`}
      >
        Change the answer
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`How ${address.name} answers`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate();
          }}
        >
          <Stack>
            <AnswerFields {...wanted} onChange={(part) => setWanted((before) => ({ ...before, ...part }))} />
            {change.isError && <ProblemAlert error={change.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={change.isPending} disabled={!isAnswerable(wanted)}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
