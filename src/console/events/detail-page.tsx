import { Alert, Button, Code, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Event } from '../api/client.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { JsonBlock } from '../parts/json-block.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { useMayWrite } from '../session/me.ts';
import { DropData } from './drop-data.tsx';
import { EventDeliveries } from './event-deliveries.tsx';
import { eventQuery } from './queries.ts';
import { ResendToAll } from './resend-to-all.tsx';

const route = getRouteApi('/a/$account/events/$id');

export function EventPage() {
  const { account, id } = route.useParams();
  const { data: event, error, refetch } = useQuery(eventQuery(account, id));
  const mayWrite = useMayWrite();
  if (error && !event) return <ProblemAlert error={error} retry={refetch} />;
  if (!event) return <Skeleton height={320} />;
  const { deliveries, data } = event;
  return (
    <>
      <PageHeader
        title={event.event}
        text={<EventId id={id} />}
        back={{ label: 'Events', path: `/a/${account}/events` }}
      >
        {mayWrite && data && (
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link to="/a/$account/send-event" params={{ account }} search={{ like: id }} {...props} />
            )}
          >
            Send one like it
          </Button>
        )}
      </PageHeader>
      <Stack gap="md">
        <Panel
          title="Deliveries"
          action={mayWrite && data && <ResendToAll account={account} event={event} />}
        >
          {deliveries.length > 0 ? (
            <EventDeliveries account={account} deliveries={deliveries} />
          ) : (
            <Text size="sm" c="dimmed">
              No endpoint subscribed to this type when it was accepted, so it was stored and sent to nobody.
            </Text>
          )}
        </Panel>
        <Panel title="Data">
          {data ? (
            <JsonBlock value={data} what="the data" />
          ) : (
            <Alert color="gray">
              Its data is no longer kept{' '}
              {event.payloadExpungedAt && (
                <>
                  (dropped <TimeText at={event.payloadExpungedAt} />)
                </>
              )}
              , so it cannot be sent again.
            </Alert>
          )}
        </Panel>
        <Panel title="Details">
          <Facts event={event} />
        </Panel>
        {mayWrite && data && <DropData account={account} id={id} />}
      </Stack>
    </>
  );
}

function EventId({ id }: { id: string }) {
  return (
    <Group gap={4}>
      <span className="mono">{id}</span>
      <CopyButton value={id} what="the event's id" />
    </Group>
  );
}

function Facts({ event: { createdAt, acceptedAt, deliverAt, orderingKey, test } }: { event: Event }) {
  return (
    <dl className="facts">
      <dt>Happened</dt>
      <dd>
        <TimeText at={createdAt} />
      </dd>
      <dt>Accepted</dt>
      <dd>
        <TimeText at={acceptedAt} />
      </dd>
      {deliverAt && (
        <>
          <dt>Not before</dt>
          <dd>
            <TimeText at={deliverAt} />
          </dd>
        </>
      )}
      {orderingKey && (
        <>
          <dt>Ordering key</dt>
          <dd>
            <Code>{orderingKey}</Code>
          </dd>
        </>
      )}
      {test && (
        <>
          <dt>Test</dt>
          <dd>Yes: it was made for one endpoint alone</dd>
        </>
      )}
    </dl>
  );
}
