import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { client, dataOf } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';

const OVERLAPS = [
  { value: '0', label: 'Not at all: it ends now' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '7 days' },
];

interface RotateSecretProps {
  account: string;
  id: string;
  onRotated(secret: { secret: string; previousSecretExpiresAt?: string }): void;
}

export function RotateSecret({ account, id, onRotated }: RotateSecretProps) {
  const [opened, { open, close }] = useDisclosure();
  const [overlap, setOverlap] = useState('86400');
  const rotate = useMutation({
    mutationFn: () =>
      dataOf(
        client.POST('/v1/accounts/{account}/endpoints/{id}/secret/rotate', {
          params: { path: { account, id } },
          body: { overlapSeconds: Number(overlap) },
        }),
      ),
    onSuccess: (secret) => {
      close();
      onRotated(secret);
    },
  });
  return (
    <>
      <Button variant="default" onClick={open}>
        Rotate…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title="Rotate the signing secret"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text>
            A new secret is made. For a while requests carry the signatures of both, so that you can change
            your receiver without losing one.
          </Text>
          <Select
            label="How long the old secret stays valid"
            data={OVERLAPS}
            value={overlap}
            onChange={(value) => setOverlap(value ?? '86400')}
            allowDeselect={false}
          />
          {rotate.isError && <ProblemAlert error={rotate.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
              Make a new secret
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
