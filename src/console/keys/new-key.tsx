import { Alert, Button, Group, Modal, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client, dataOf, type NewApiKey } from '../api/client.ts';
import { CodeBlock } from '../parts/code-block.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { meQuery } from '../session/me.ts';
import { expiryChoices } from './expiry.ts';
import { keysQuery } from './queries.ts';
import { SCOPES, type ScopesChoice } from './scopes.ts';

export function NewKey({ account }: { account: string }) {
  const [opened, { open, close }] = useDisclosure();
  const [made, setMade] = useState<NewApiKey>();
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        New key
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        // A key that is shown once is not lost by a click beside it.
        closeOnClickOutside={!made}
        closeOnEscape={!made}
        onExitTransitionEnd={() => setMade(undefined)}
        title={made ? 'Your new key' : 'New API key'}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {made ? (
          <Made apiKey={made} onDone={close} />
        ) : (
          <KeyForm account={account} onMade={setMade} onCancel={close} />
        )}
      </Modal>
    </>
  );
}

interface KeyFormProps {
  account: string;
  onMade(key: NewApiKey): void;
  onCancel(): void;
}

function KeyForm({ account, onMade, onCancel }: KeyFormProps) {
  const { data: me } = useQuery(meQuery);
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ScopesChoice>('both');
  const [choices] = useState(() => expiryChoices(new Date(), me?.expiresAt));
  const [end, setEnd] = useState(choices[0]?.label ?? '');
  const cache = useQueryClient();
  const make = useMutation({
    mutationFn: () => {
      const expiresAt = choices.find(({ label }) => label === end)?.expiresAt;
      return dataOf(
        client.POST('/v1/accounts/{account}/keys', {
          params: { path: { account } },
          body: { name: name.trim(), scopes: [...SCOPES[scopes].scopes], ...(expiresAt && { expiresAt }) },
        }),
      );
    },
    onSuccess: (key) => {
      onMade(key);
      void cache.invalidateQueries({ queryKey: keysQuery(account).queryKey });
    },
  });
  const given = Object.entries(SCOPES).filter(([, choice]) =>
    choice.scopes.every((scope) => me?.scopes.includes(scope)),
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="What or who calls with it."
          placeholder="Checkout server"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Radio.Group label="May" value={scopes} onChange={(choice) => setScopes(choice as ScopesChoice)}>
          <Stack gap="xs" mt={6}>
            {given.map(([value, { label, text }]) => (
              <Radio key={value} value={value} label={label} description={text} />
            ))}
          </Stack>
        </Radio.Group>
        <Select
          label="Ends"
          data={choices.map(({ label }) => label)}
          value={end}
          onChange={(choice) => setEnd(choice ?? end)}
          allowDeselect={false}
        />
        {make.isError && <ProblemAlert error={make.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>
            Make key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Made({ apiKey: { name, key }, onDone }: { apiKey: NewApiKey; onDone(): void }) {
  return (
    <Stack>
      <Alert color="orange" variant="light">
        Copy it now: it is not kept here, and is not shown again.
      </Alert>
      <CodeBlock text={key} what={`the key ${name}`} />
      <Group justify="flex-end">
        <Button onClick={onDone}>I have it</Button>
      </Group>
    </Stack>
  );
}
