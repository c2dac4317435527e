import { Loader, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { endpointUrlsQuery } from '../logs/queries.ts';
import { DeliveryLink } from '../parts/delivery-link.tsx';
import { shortUrl } from '../parts/short-url.ts';
import { DeliveryStatus } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { type DeliveryOfEvent, hasEnded } from './has-ended.ts';

const REASONS: Record<NonNullable<DeliveryOfEvent['reason']>, string> = {
  rejected: 'the endpoint refused it',
  exhausted: 'no attempts are left',
  blocked: 'its address is not allowed',
  gone: 'the endpoint answered 410',
  endpoint_deleted: 'the endpoint was deleted',
  secret_unreadable: 'the secret cannot be read',
  payload_expunged: 'its data was dropped',
};

interface EventDeliveriesProps {
  account: string;
  deliveries: DeliveryOfEvent[];
}

/** An event's deliveries: where to, and how each stands. */
export function EventDeliveries({ account, deliveries }: EventDeliveriesProps) {
  const { data: urls } = useQuery(endpointUrlsQuery(account));
  return (
    <Table verticalSpacing="sm" horizontalSpacing={0}>
      <Table.Thead>
        <Table.Tr>
          <Heading text="Endpoint" />
          <Heading text="Status" />
          <Heading text="Attempts" wideOnly />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {deliveries.map((delivery) => (
          <Table.Tr key={delivery.id}>
            <Table.Td pr="md">
              <DeliveryLink account={account} id={delivery.id} className="row-link">
                {shortUrl(urls?.get(delivery.endpointId) ?? delivery.endpointId)}
              </DeliveryLink>
              {delivery.resendOf && (
                <Text size="xs" c="dimmed">
                  Sent again
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <Standing delivery={delivery} />
            </Table.Td>
            <Table.Td visibleFrom="sm">{delivery.attemptCount}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Heading({ text, wideOnly }: { text: string; wideOnly?: boolean }) {
  return (
    <Table.Th visibleFrom={wideOnly ? 'sm' : undefined} c="dimmed" fz="xs" fw={600}>
      {text}
    </Table.Th>
  );
}

function Standing({ delivery }: { delivery: DeliveryOfEvent }) {
  const { status, reason, nextAttemptAt } = delivery;
  return (
    <Stack gap={0}>
      <span>
        <DeliveryStatus status={status} />{' '}
        {(status === 'delivering' || status === 'pending') && !nextAttemptAt && <Loader size={12} ml={6} />}
      </span>
      {(reason || (nextAttemptAt && !hasEnded(delivery))) && (
        <Text size="xs" c="dimmed" component="div" ml={16}>
          {reason ? (
            REASONS[reason]
          ) : (
            <>
              next attempt <TimeText at={nextAttemptAt ?? ''} />
            </>
          )}
        </Text>
      )}
    </Stack>
  );
}
