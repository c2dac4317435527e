import { Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Attempt, client, type Delivery, dataOf } from '../api/client.ts';
import { CodeBlock } from '../parts/code-block.tsx';
import { millisecondsText } from '../parts/duration.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { DeliveryStatus } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';

/** How often a delivery on its way is looked at. */
const LOOK_EVERY_MS = 700;
/** One that sleeps until its next attempt moves no sooner. */
const LOOK_AT_SLEEPER_EVERY_MS = 5000;

const isOver = ({ status }: Delivery) => ['succeeded', 'failed', 'cancelled'].includes(status);

/** One delivery, until it has ended. */
export function DeliveryWatch({ account, id }: { account: string; id: string | undefined }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['delivery', account, id],
    queryFn: () =>
      dataOf(
        client.GET('/v1/accounts/{account}/deliveries/{id}', { params: { path: { account, id: id ?? '' } } }),
      ),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => {
      if (!state.data) return LOOK_EVERY_MS;
      if (isOver(state.data)) return false;
      return state.data.status === 'retrying' ? LOOK_AT_SLEEPER_EVERY_MS : LOOK_EVERY_MS;
    },
  });
  return (
    <Panel title="What became of it">
      <div aria-live="polite">
        {id === undefined && <Text c="dimmed">Send it, and its delivery shows here as it happens.</Text>}
        {error && <ProblemAlert error={error} retry={refetch} />}
        {id !== undefined && !data && !error && <Loader size="sm" />}
        {data && <Progress delivery={data} />}
      </div>
    </Panel>
  );
}

function Progress({ delivery }: { delivery: Delivery }) {
  const { status, nextAttemptAt, attempts } = delivery;
  return (
    <Stack>
      <Group gap="sm">
        <DeliveryStatus status={status} />
        {!isOver(delivery) && status !== 'retrying' && <Loader size="xs" />}
        {status === 'retrying' && nextAttemptAt && (
          <Text size="sm" c="dimmed">
            next attempt <TimeText at={nextAttemptAt} />
          </Text>
        )}
      </Group>
      {attempts.map((attempt) => (
        <AttemptShown key={attempt.number} attempt={attempt} />
      ))}
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
