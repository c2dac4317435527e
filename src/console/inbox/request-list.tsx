import { Badge, Button, Group, ScrollArea, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { InboxRequest } from '../api/client.ts';
import { Status } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { allValid } from './verdicts.tsx';

export type ListedRequest = Omit<InboxRequest, 'query' | 'headers' | 'body' | 'bodyBase64'>;

interface RequestListProps {
  account: string;
  requests: ListedRequest[];
  shownId: string | undefined;
  /** Absent when there are no more. */
  loadMore: (() => unknown) | undefined;
}

export function RequestList({ account, requests, shownId, loadMore }: RequestListProps) {
  return (
    <ScrollArea.Autosize
      className="panel"
      mah={{ base: 300, md: 640 }}
      type="auto"
      viewportProps={{ tabIndex: 0, 'aria-label': 'Requests' }}
    >
      <ul className="arrivals">
        {requests.map((request) => (
          <li key={request.id}>
            <Link
              to="/a/$account/inbox"
              params={{ account }}
              search={(before) => ({ ...before, request: request.id })}
              replace
              aria-current={request.id === shownId ? 'true' : undefined}
            >
              <Arrival request={request} />
            </Link>
          </li>
        ))}
      </ul>
      {loadMore && (
        <Group justify="center" p="sm">
          <Button variant="default" size="xs" onClick={() => loadMore()}>
            Load more
          </Button>
        </Group>
      )}
    </ScrollArea.Autosize>
  );
}

function Arrival({
  request: { event, method, inbox, attempt, answered, verdicts, receivedAt },
}: {
  request: ListedRequest;
}) {
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {event ?? method}
        </Text>
        <Badge variant="light" color={answered < 300 ? 'teal' : 'red'} style={{ flex: 'none' }}>
          {answered}
        </Badge>
      </Group>
      <Group justify="space-between" gap="xs">
        <Status
          label={allValid(verdicts) ? 'Signature valid' : 'Signature not valid'}
          color={allValid(verdicts) ? 'teal' : 'red'}
        />
        <Text size="xs" c="dimmed" component="span">
          {inbox}
          {attempt && attempt !== '1' && `, attempt ${attempt}`} · <TimeText at={receivedAt} />
        </Text>
      </Group>
    </>
  );
}
