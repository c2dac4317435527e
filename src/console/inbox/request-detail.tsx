import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { BodyText } from '../parts/body-text.tsx';
import { DeliveryLink } from '../parts/delivery-link.tsx';
import { HeaderTable } from '../parts/header-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { inboxRequestQuery } from './queries.ts';
import { Verdicts } from './verdicts.tsx';

/** One request, as it came. */
export function RequestDetail({ account, id }: { account: string; id: string }) {
  const { data: request, error, refetch } = useQuery(inboxRequestQuery(account, id));
  if (error) return <ProblemAlert error={error} retry={refetch} />;
  if (!request) return <Skeleton height={320} />;
  const { method, inbox, query, answered, deliveryId, attempt, receivedAt, verdicts, headers, body } =
    request;
  return (
    <Stack gap="md">
      <Panel title={request.event ?? method}>
        <dl className="facts">
          <dt>Request</dt>
          <dd className="mono">
            {method} /inbox/{inbox}
            {query && `?${query}`}
          </dd>
          <dt>Signatures</dt>
          <dd>
            <Verdicts verdicts={verdicts} />
          </dd>
          <dt>Answered</dt>
          <dd>{answered}</dd>
          <dt>Delivery</dt>
          <dd>
            <DeliveryLink account={account} id={deliveryId} className="row-link">
              <span className="mono">{deliveryId}</span>
            </DeliveryLink>
            {attempt && `, attempt ${attempt}`}
          </dd>
          <dt>Arrived</dt>
          <dd>
            <TimeText at={receivedAt} />
          </dd>
        </dl>
      </Panel>
      <Panel title="What came">
        {body === '' ? (
          <Text size="sm" c="dimmed">
            It had no body.
          </Text>
        ) : (
          <BodyText text={body} what="the body" />
        )}
        <HeaderTable headers={headers} />
      </Panel>
    </Stack>
  );
}
