import { Button, Code, Group, Input, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client, dataOf, type Endpoint, type Profile } from '../api/client.ts';
import { FORMATS } from '../endpoints/formats.ts';
import { endpointsQuery } from '../endpoints/queries.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { type InboxAddress, inboxUrl, nameFault } from './address.ts';
import { AnswerFields, isAnswerable } from './answer-fields.tsx';

interface AddEndpointProps {
  account: string;
  /** Of the inbox that is looked at. */
  name: string | undefined;
  onAdded(name: string): void;
}

export function AddEndpoint({ account, name = 'console', onAdded }: AddEndpointProps) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        Add an endpoint that delivers here
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title="An endpoint that delivers here"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <AddForm
          account={account}
          initial={{ name, answer: '200', delayMs: 0 }}
          onCancel={close}
          onAdded={(added) => {
            close();
            onAdded(added);
          }}
        />
      </Modal>
    </>
  );
}

interface AddFormProps {
  account: string;
  initial: InboxAddress;
  onAdded(name: string): void;
  onCancel(): void;
}

function AddForm({ account, initial, onAdded, onCancel }: AddFormProps) {
  const [address, setAddress] = useState(initial);
  const [profile, setProfile] = useState<Profile>('standard');
  const cache = useQueryClient();
  const set = (part: Partial<InboxAddress>) => setAddress((before) => ({ ...before, ...part }));
  const url = inboxUrl(location.origin, address);
  const add = useMutation({
    mutationFn: (): Promise<Endpoint> =>
      dataOf(
        client.POST('/v1/accounts/{account}/endpoints', {
          params: { path: { account } },
          body: { url, profile, events: ['*'], description: 'Delivers to the built-in inbox' },
        }),
      ),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: endpointsQuery(account).queryKey });
      notifications.show({ color: 'teal', message: 'Added. Send an event, and it shows here.' });
      onAdded(address.name);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Inbox"
          description="A name of your choice; each has the last 100 requests."
          value={address.name}
          onChange={(event) => set({ name: event.currentTarget.value.trim() })}
          error={nameFault(address.name)}
          data-autofocus
        />
        <Input.Wrapper label="Format" labelElement="div">
          <SegmentedControl
            aria-label="Format"
            mt={6}
            fullWidth
            data={Object.entries(FORMATS).map(([value, label]) => ({ value, label }))}
            value={profile}
            onChange={(chosen) => setProfile(chosen as Profile)}
          />
        </Input.Wrapper>
        <AnswerFields {...address} onChange={set} />
        <Text size="sm" c="dimmed">
          It gets all events, at <Code>{url}</Code>
        </Text>
        {add.isError && <ProblemAlert error={add.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={add.isPending}
            disabled={nameFault(address.name) !== undefined || !isAnswerable(address)}
          >
            Add endpoint
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
