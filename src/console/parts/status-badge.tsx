import { Group, Text } from '@mantine/core';
import type { Delivery, Endpoint } from '../api/client.ts';
import { Dot } from './dot.tsx';

export const DELIVERY_WORDS: Record<Delivery['status'], [label: string, color: string]> = {
  pending: ['Waiting', 'gray'],
  delivering: ['On its way', 'blue'],
  retrying: ['Will be retried', 'orange'],
  held: ['Held', 'gray'],
  succeeded: ['Delivered', 'teal'],
  failed: ['Failed', 'red'],
  cancelled: ['Cancelled', 'gray'],
};

export function DeliveryStatus({ status }: Pick<Delivery, 'status'>) {
  return <Status label={DELIVERY_WORDS[status][0]} color={DELIVERY_WORDS[status][1]} />;
}

type Health = Pick<Endpoint, 'status' | 'failingSince' | 'disabledReason'>;

export function EndpointStatus({ endpoint: { status, failingSince, disabledReason } }: { endpoint: Health }) {
  if (status === 'paused') return <Status label="Paused" color="gray" />;
  if (status === 'disabled')
    return (
      <Status
        label={disabledReason === 'gone' ? 'Disabled: answered 410' : 'Disabled: kept failing'}
        color="red"
      />
    );
  return failingSince ? <Status label="Failing" color="orange" /> : <Status label="Healthy" color="teal" />;
}

/** How many of them stand how, those that need a look first; null for none. */
export function DeliveryCounts({ deliveries }: { deliveries: readonly Pick<Delivery, 'status'>[] }) {
  const counts = new Map<Delivery['status'], number>();
  for (const { status } of deliveries) counts.set(status, (counts.get(status) ?? 0) + 1);
  const order: Delivery['status'][] = [
    'failed',
    'retrying',
    'held',
    'delivering',
    'pending',
    'succeeded',
    'cancelled',
  ];
  const there = order.filter((status) => counts.has(status));
  if (there.length === 0) return null;
  return (
    <Group gap="4px 14px">
      {there.map((status) => (
        <Status
          key={status}
          label={
            deliveries.length === 1
              ? DELIVERY_WORDS[status][0]
              : `${counts.get(status)} ${DELIVERY_WORDS[status][0].toLowerCase()}`
          }
          color={DELIVERY_WORDS[status][1]}
        />
      ))}
    </Group>
  );
}

/** The words say it; the colour only helps. */
export function Status({ label, color }: { label: string; color: string }) {
  return (
    <Group gap={8} wrap="nowrap" display="inline-flex">
      <Dot color={color} />
      <Text size="sm" span>
        {label}
      </Text>
    </Group>
  );
}
