import { Badge, Button, Group, Text } from '@mantine/core';
import IconSend from '@tabler/icons-react/icons/IconSend';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Event } from '../api/client.ts';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { DeliveryCounts } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { useMayWrite } from '../session/me.ts';
import { EventFilters } from './filters.tsx';
import { eventsQuery } from './queries.ts';

const route = getRouteApi('/a/$account/events');

export function EventsPage() {
  const { account } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const events = useInfiniteQuery(eventsQuery(account, search));
  const mayWrite = useMayWrite();
  const send = mayWrite && (
    <Button
      leftSection={<IconSend size={16} />}
      renderRoot={(props) => <Link to="/a/$account/send-event" params={{ account }} {...props} />}
    >
      Send event
    </Button>
  );
  return (
    <>
      <PageHeader title="Events" text="What happened, and where it was delivered.">
        {send}
      </PageHeader>
      <EventFilters
        account={account}
        search={search}
        onChange={(part) => navigate({ search: (before) => ({ ...before, ...part }), replace: true })}
      />
      <DataTable
        query={events}
        rowKey={({ id }) => id}
        columns={[
          { title: 'Event', cell: (event) => <Named account={account} event={event} /> },
          { title: 'Deliveries', cell: ({ deliveries }) => <Deliveries deliveries={deliveries} /> },
          {
            title: 'Accepted',
            cell: ({ acceptedAt }) => (
              <Text size="sm" c="dimmed" component="span">
                <TimeText at={acceptedAt} />
              </Text>
            ),
            wideOnly: true,
          },
        ]}
        empty={
          Object.keys(search).length > 0 ? (
            <EmptyState title="No event matches" text="Take a filter away, or look further back.">
              <Button variant="default" onClick={() => navigate({ search: {} })}>
                Show all events
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              title="No events yet"
              text="An event is something that happened, such as a paid order. It goes to every endpoint that subscribes to its type."
            >
              {send}
            </EmptyState>
          )
        }
      />
    </>
  );
}

type Row = Omit<Event, 'data'>;

function Named({
  account,
  event: { id, event, acceptedAt, test, payloadExpungedAt },
}: {
  account: string;
  event: Row;
}) {
  return (
    <>
      <Group gap={8}>
        <Link className="row-link" to="/a/$account/events/$id" params={{ account, id }}>
          {event}
        </Link>
        {test && <Mark text="Test" />}
        {payloadExpungedAt && <Mark text="Data dropped" />}
      </Group>
      <Text size="xs" c="dimmed" className="mono" style={{ overflowWrap: 'anywhere' }}>
        {id}
      </Text>
      <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
        <TimeText at={acceptedAt} />
      </Text>
    </>
  );
}

function Mark({ text }: { text: string }) {
  return (
    <Badge variant="light" color="gray" size="sm" tt="none">
      {text}
    </Badge>
  );
}

function Deliveries({ deliveries }: Pick<Row, 'deliveries'>) {
  if (deliveries.length > 0) return <DeliveryCounts deliveries={deliveries} />;
  return (
    <Text size="sm" c="dimmed">
      Nobody subscribed
    </Text>
  );
}
