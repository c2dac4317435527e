import { ActionIcon, Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import IconCalendarTime from '@tabler/icons-react/icons/IconCalendarTime';
import IconDots from '@tabler/icons-react/icons/IconDots';
import IconExternalLink from '@tabler/icons-react/icons/IconExternalLink';
import IconPlayerPlay from '@tabler/icons-react/icons/IconPlayerPlay';
import IconRepeat from '@tabler/icons-react/icons/IconRepeat';
import IconX from '@tabler/icons-react/icons/IconX';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { isFinal } from '../../domain/delivery.ts';
import type { Delivery, DeliveryLog } from '../api/client.ts';
import { ConfirmModal } from '../parts/confirm-modal.tsx';
import { meQuery } from '../session/me.ts';
import { useCancel, useResend, useRetry } from './commands.ts';
import { RescheduleModal } from './reschedule.tsx';
import { temporalUrl } from './temporal-link.ts';

interface DeliveryActionsProps {
  account: string;
  delivery: Delivery;
  log: DeliveryLog | undefined;
  /** The waits in force, from the first attempt on. */
  schedule: readonly number[];
}

/** What can be done to a delivery as it stands. */
export function DeliveryActions({ account, delivery, log, schedule }: DeliveryActionsProps) {
  const me = useQuery(meQuery).data;
  const mayWrite = me?.scopes.includes('write') ?? false;
  const sleeps =
    !isFinal(delivery.status) &&
    !delivery.waitsFor &&
    delivery.nextAttemptAt !== undefined &&
    (delivery.status === 'retrying' || delivery.status === 'pending');
  return (
    <>
      {mayWrite && !isFinal(delivery.status) && <CancelButton account={account} delivery={delivery} />}
      {mayWrite && sleeps && <SleeperButtons account={account} delivery={delivery} schedule={schedule} />}
      {mayWrite && isFinal(delivery.status) && <ResendButton account={account} delivery={delivery} />}
      {me?.temporalUi && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label="More">
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              component="a"
              href={temporalUrl(me.temporalUi, delivery.workflowId, log)}
              target="_blank"
              rel="noreferrer"
              leftSection={<IconExternalLink size={16} />}
            >
              Open in Temporal
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

function SleeperButtons({ account, delivery, schedule }: Omit<DeliveryActionsProps, 'log'>) {
  const retry = useRetry({ account, id: delivery.id });
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<IconCalendarTime size={16} />} onClick={open}>
        Reschedule…
      </Button>
      <Button
        leftSection={<IconPlayerPlay size={16} />}
        loading={retry.isPending}
        onClick={() => retry.mutate()}
      >
        {delivery.attempts.length === 0 ? 'Send now' : 'Retry now'}
      </Button>
      <RescheduleModal
        account={account}
        delivery={delivery}
        schedule={schedule}
        opened={opened}
        close={close}
      />
    </>
  );
}

function CancelButton({ account, delivery: { id } }: { account: string; delivery: Delivery }) {
  const [opened, { open, close }] = useDisclosure();
  const cancel = useCancel({ account, id }, close);
  return (
    <>
      <Button variant="default" leftSection={<IconX size={16} />} onClick={open}>
        Cancel…
      </Button>
      <ConfirmModal
        opened={opened}
        close={close}
        title="Cancel this delivery?"
        text="No further attempt begins, and this cannot be taken back. It can be sent again later, as a new delivery."
        keep="Keep trying"
        confirm="Cancel delivery"
        isDangerous
        pending={cancel.isPending}
        onConfirm={() => cancel.mutate()}
      />
    </>
  );
}

function ResendButton({ account, delivery: { id, status } }: { account: string; delivery: Delivery }) {
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure();
  const resend = useResend({ account, id }, (resent) => {
    close();
    notifications.show({ color: 'teal', message: 'Sent again, as a new delivery.' });
    return navigate({ to: '/a/$account/deliveries/$id', params: { account, id: resent.id } });
  });
  return (
    <>
      <Button
        leftSection={<IconRepeat size={16} />}
        loading={resend.isPending}
        onClick={status === 'succeeded' ? open : () => resend.mutate()}
      >
        {status === 'succeeded' ? 'Resend…' : 'Resend'}
      </Button>
      <ConfirmModal
        opened={opened}
        close={close}
        title="Send it again?"
        text="It has arrived already. The receiver gets the same event once more, under the same id; one that drops duplicates by it will."
        keep="Leave it"
        confirm="Send again"
        pending={resend.isPending}
        onConfirm={() => resend.mutate()}
      />
    </>
  );
}
