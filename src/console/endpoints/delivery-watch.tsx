import { Anchor, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isFinal } from '../../domain/delivery.ts';
import type { Attempt, Delivery } from '../api/client.ts';
import { deliveryQuery } from '../deliveries/queries.ts';
import { RequestShown } from '../deliveries/request.tsx';
import { CodeBlock } from '../parts/code-block.tsx';
import { millisecondsText } from '../parts/duration.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { DeliveryStatus } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';

/** One delivery, until it has ended. */
export function DeliveryWatch({ account, id }: { account: string; id: string | undefined }) {
  const { data, error, refetch } = useQuery({
    ...deliveryQuery(account, id ?? ''),
    enabled: id !== undefined,
  });
  return (
    <Panel title="What became of it">
      <div aria-live="polite">
        {id === undefined && <Text c="dimmed">Send it, and its delivery shows here as it happens.</Text>}
        {error && <ProblemAlert error={error} retry={refetch} />}
        {id !== undefined && !data && !error && <Loader size="sm" />}
        {data && <Progress account={account} delivery={data} />}
        {data && (
          <Anchor component={Link} to={`/a/${account}/deliveries/${data.id}`} size="sm">
            Open the delivery
          </Anchor>
        )}
      </div>
    </Panel>
  );
}

function Progress({ account, delivery }: { account: string; delivery: Delivery }) {
  const { id, status, nextAttemptAt, attempts } = delivery;
  const last = attempts.at(-1);
  return (
    <Stack>
      <Group gap="sm">
        <DeliveryStatus status={status} />
        {!isFinal(status) && status !== 'retrying' && <Loader size="xs" />}
        {status === 'retrying' && nextAttemptAt && (
          <Text size="sm" c="dimmed">
            next attempt <TimeText at={nextAttemptAt} />
          </Text>
        )}
      </Group>
      {attempts.map((attempt) => (
        <AttemptShown key={attempt.number} attempt={attempt} />
      ))}
      {last && <RequestShown account={account} deliveryId={id} number={last.number} />}
    </Stack>
  );
}

function AttemptShown({ attempt }: { attempt: Attempt }) {
  const { number, durationMs, responseStatus, error, errorDetail, responseBody } = attempt;
  const outcome = responseStatus === undefined ? (errorDetail ?? error ?? '') : `answered ${responseStatus}`;
  return (
    <Stack gap={6}>
      <Text size="sm">
        <strong>Attempt {number}</strong> {outcome}{' '}
        <Text span c="dimmed" size="sm">
          after {millisecondsText(durationMs)}
        </Text>
      </Text>
      {responseBody && <CodeBlock text={responseBody} what={`the answer to attempt ${number}`} />}
    </Stack>
  );
}
