import { Button, type ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ConfirmModal } from './confirm-modal.tsx';

interface ConfirmProps {
  /** Of the button that asks: `Delete…`. */
  label: string;
  button?: ButtonProps & { 'aria-label'?: string };
  /** A question. */
  title: string;
  /** What it will do, and whether it can be taken back. */
  text: ReactNode;
  /** The button that changes nothing. */
  keep: string;
  confirm: string;
  isDangerous?: boolean;
  /** When it is done, the dialog closes; an error is shown in it. */
  run(): Promise<unknown>;
}

/** A button for what should not be done by a slip of the hand. */
export function Confirm({ label, button, isDangerous, run, ...asked }: ConfirmProps) {
  const [opened, { open, close }] = useDisclosure();
  const doing = useMutation({ mutationFn: run, onSuccess: close });
  const openAnew = () => {
    doing.reset();
    open();
  };
  return (
    <>
      <Button
        variant={isDangerous ? 'light' : 'default'}
        {...(isDangerous && { color: 'red' })}
        {...button}
        onClick={openAnew}
      >
        {label}
      </Button>
      <ConfirmModal
        {...asked}
        isDangerous={isDangerous}
        opened={opened}
        close={close}
        pending={doing.isPending}
        error={doing.error}
        onConfirm={() => doing.mutate()}
      />
    </>
  );
}
