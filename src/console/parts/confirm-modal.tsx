import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

interface ConfirmModalProps {
  opened: boolean;
  close(): void;
  /** A question. */
  title: string;
  /** What happens, and what cannot be taken back. */
  text: ReactNode;
  /** The button that changes nothing. */
  keep: string;
  confirm: string;
  isDangerous?: boolean;
  pending: boolean;
  /** Of the last try. */
  error?: Error | null;
  onConfirm(): void;
}

/** Asks before something that cannot be undone. */
export function ConfirmModal({
  opened,
  close,
  title,
  text,
  keep,
  confirm,
  isDangerous = false,
  pending,
  error,
  onConfirm,
}: ConfirmModalProps) {
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text style={{ overflowWrap: 'anywhere' }}>{text}</Text>
        {error && <ProblemAlert error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {keep}
          </Button>
          <Button {...(isDangerous && { color: 'red.8' })} loading={pending} onClick={onConfirm}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
