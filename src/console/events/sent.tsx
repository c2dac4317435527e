import { Anchor, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Event } from '../api/client.ts';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { EventDeliveries } from './event-deliveries.tsx';
import { eventQuery } from './queries.ts';

/** Where the event that was just sent went, as it goes. */
export function Sent({ account, id }: { account: string; id: string | undefined }) {
  const { data, error, refetch } = useQuery({
    ...eventQuery(account, id ?? ''),
    enabled: id !== undefined,
  });
  return (
    <Panel title="What became of it">
      <div aria-live="polite">
        {id === undefined && <Text c="dimmed">Send it, and its deliveries show here as they happen.</Text>}
        {error && <ProblemAlert error={error} retry={refetch} />}
        {id !== undefined && !data && !error && <Loader size="sm" />}
        {data && <Outcome account={account} event={data} />}
      </div>
    </Panel>
  );
}

function Outcome({ account, event: { id, deliveries } }: { account: string; event: Event }) {
  const count = deliveries.length;
  return (
    <Stack>
      <Text>
        {count === 0
          ? 'Accepted, but no endpoint subscribes to this type: it was stored and sent to nobody.'
          : `Accepted, and sent to ${count === 1 ? 'one endpoint' : `${count} endpoints`}.`}{' '}
        <Anchor
          underline="always"
          renderRoot={(props) => <Link to="/a/$account/events/$id" params={{ account, id }} {...props} />}
        >
          Show the event
        </Anchor>
      </Text>
      {count > 0 && <EventDeliveries account={account} deliveries={deliveries} />}
    </Stack>
  );
}
