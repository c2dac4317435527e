import { Group, Text } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { Delivery, Endpoint } from '../api/client.ts';

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

/** The words say it; the colour only helps. */
function Status({ label, color }: { label: string; color: string }) {
  const dot = { '--dot': `var(--mantine-color-${color}-6)` } as CSSProperties;
  return (
    <Group gap={8} wrap="nowrap" display="inline-flex">
      <span className="dot" style={dot} />
      <Text size="sm" span>
        {label}
      </Text>
    </Group>
  );
}
