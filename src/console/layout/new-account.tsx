import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client, dataOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { accountsQuery } from './accounts.ts';

/** As the API takes it. */
const ACCOUNT_ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

export function NewAccount() {
  const [opened, { open, close }] = useDisclosure();
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      dataOf(
        client.PUT('/v1/accounts/{account}', {
          params: { path: { account: id } },
          body: name ? { name } : {},
        }),
      ),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: accountsQuery.queryKey });
      await navigate({ to: '/a/$account/endpoints', params: { account: id } });
    },
  });
  const fault =
    id !== '' && !ACCOUNT_ID.test(id)
      ? '1 to 64 letters, digits, "_", "." or "-", beginning with a letter or digit.'
      : undefined;
  return (
    <>
      <Button onClick={open}>New account</Button>
      <Modal opened={opened} onClose={close} title="New account" closeButtonProps={{ 'aria-label': 'Close' }}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            make.mutate();
          }}
        >
          <Stack>
            <TextInput
              label="Id"
              description="Stands in every path of the API, and stays."
              placeholder="acme"
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
              error={fault}
              data-autofocus
            />
            <TextInput
              label="Name"
              description="For people; may be left empty."
              placeholder="Acme Ltd"
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {make.isError && <ProblemAlert error={make.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={make.isPending} disabled={id === '' || fault !== undefined}>
                Make account
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
