import { Button, Group, Modal, Stack, Text } from '@mantine/core';

interface ConfirmModalProps {
  opened: boolean;
  close(): void;
  /** A question. */
  title: string;
  /** What happens, and what cannot be taken back. */
  text: string;
  /** The button that changes nothing. */
  keep: string;
  confirm: string;
  isDangerous?: boolean;
  pending: boolean;
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
  onConfirm,
}: ConfirmModalProps) {
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Text>{text}</Text>
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
