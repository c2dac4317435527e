import { Button, Group, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { endpointsQuery } from '../endpoints/queries.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { useMayWrite } from '../session/me.ts';
import { RANGES, type Range } from './range.ts';

/** Nothing was delivered: what to do about it. */
export function Empty({ account, range }: { account: string; range: Range }) {
  const { data } = useInfiniteQuery(endpointsQuery(account));
  const mayWrite = useMayWrite();
  if (!data) return <Skeleton height={240} />;
  const [endpoint] = data.pages.flatMap((page) => page.data);
  if (!endpoint) {
    return (
      <div className="panel">
        <EmptyState
          title="Nothing is delivered yet"
          text="Add the URL that should receive events, and send it a test: what comes of it shows here."
        >
          {mayWrite && (
            <Button
              renderRoot={(props) => <Link to="/a/$account/endpoints/new" params={{ account }} {...props} />}
            >
              Add endpoint
            </Button>
          )}
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="panel">
      <EmptyState
        title={`No deliveries in the last ${RANGES[range].label}`}
        text="Nothing was sent in this time that an endpoint subscribes to. A test event shows that all works."
      >
        <Group gap="xs" justify="center">
          {mayWrite && (
            <Button
              renderRoot={(props) => (
                <Link to="/a/$account/endpoints/$id/test" params={{ account, id: endpoint.id }} {...props} />
              )}
            >
              Send test event
            </Button>
          )}
          {range !== '31d' && (
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link to="/a/$account/overview" params={{ account }} search={{ range: '31d' }} {...props} />
              )}
            >
              Look at {RANGES['31d'].label}
            </Button>
          )}
        </Group>
      </EmptyState>
    </div>
  );
}
