import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import IconPlayerPause from '@tabler/icons-react/icons/IconPlayerPause';
import IconPlayerPlay from '@tabler/icons-react/icons/IconPlayerPlay';
import IconX from '@tabler/icons-react/icons/IconX';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client, dataOf, type Recovery } from '../api/client.ts';
import { wordsOf } from '../api/words-of.ts';
import { ConfirmModal } from '../parts/confirm-modal.tsx';
import { isOpen, recoveriesQuery, recoveryQuery } from './queries.ts';

interface RecoveryCommandsProps {
  account: string;
  recovery: Recovery;
}

/** Pause, resume and cancel, while they mean something. */
export function RecoveryCommands({ account, recovery }: RecoveryCommandsProps) {
  const [opened, { open, close }] = useDisclosure();
  const tell = useTell(account, recovery.id);
  if (!isOpen(recovery)) return null;
  const isRunning = recovery.status === 'running';
  return (
    <>
      <Button variant="default" leftSection={<IconX size={16} />} onClick={open}>
        Cancel…
      </Button>
      <Button
        variant={isRunning ? 'default' : 'filled'}
        leftSection={isRunning ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        loading={tell.isPending}
        onClick={() => tell.mutate(isRunning ? 'pause' : 'resume')}
      >
        {isRunning ? 'Pause' : 'Resume'}
      </Button>
      <ConfirmModal
        opened={opened}
        close={close}
        title="Cancel this recovery?"
        text="What it has not sent again yet stays as it is, and the recovery cannot be taken up again. What it has sent goes on."
        keep="Let it go on"
        confirm="Cancel recovery"
        isDangerous
        pending={tell.isPending}
        onConfirm={() => tell.mutate('cancel', { onSettled: close })}
      />
    </>
  );
}

function useTell(account: string, id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (wish: 'pause' | 'resume' | 'cancel') => {
      const init = { params: { path: { account, id } } };
      switch (wish) {
        case 'pause':
          return dataOf(client.POST('/v1/accounts/{account}/recoveries/{id}/pause', init));
        case 'resume':
          return dataOf(client.POST('/v1/accounts/{account}/recoveries/{id}/resume', init));
        case 'cancel':
          return dataOf(client.POST('/v1/accounts/{account}/recoveries/{id}/cancel', init));
      }
    },
    onSuccess: (recovery) => {
      cache.setQueryData(recoveryQuery(account, id).queryKey, recovery);
      void cache.invalidateQueries({ queryKey: recoveriesQuery(account).queryKey });
    },
    onError: (error) => {
      // It may have ended meanwhile, which is why.
      void cache.invalidateQueries({ queryKey: recoveryQuery(account, id).queryKey });
      notifications.show({ color: 'red', message: wordsOf(error) });
    },
  });
}
