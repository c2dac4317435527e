import { Group, Select, Skeleton, Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { endpointsQuery } from '../endpoints/queries.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { meQuery, useMayWrite } from '../session/me.ts';
import { AddEndpoint } from './add-endpoint.tsx';
import { inboxAddressOf } from './address.ts';
import { EndpointsHere, type InboxEndpoint } from './endpoints-here.tsx';
import { inboxQuery } from './queries.ts';
import { RequestDetail } from './request-detail.tsx';
import { RequestList } from './request-list.tsx';

const route = getRouteApi('/a/$account/inbox');

/** A receiver of one's own, without one: what deliveries brought to the built-in inbox, as it comes. */
export function InboxPage() {
  const { account } = route.useParams();
  const { name } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: me } = useQuery(meQuery);
  const mayWrite = useMayWrite();
  const endpoints = useInboxEndpoints(account);
  const show = (chosen: string | undefined) => navigate({ search: { name: chosen } });
  const names = [...new Set([...endpoints.map(({ address }) => address.name), ...(name ? [name] : [])])];
  const add = mayWrite && me?.inbox && <AddEndpoint account={account} name={name} onAdded={show} />;
  return (
    <>
      <PageHeader
        title="Inbox"
        text="The built-in receiver: what deliveries bring to it shows as it arrives."
      >
        {add}
      </PageHeader>
      {me?.inbox === false ? (
        <div className="panel">
          <EmptyState
            title="The inbox is off"
            text="It is served when the setting POSTHASTE_INBOX is on, as it is with npm start."
          />
        </div>
      ) : (
        <Stack gap="md">
          {names.length > 1 && (
            <Group>
              <Select
                aria-label="Inbox"
                w={220}
                allowDeselect={false}
                data={[{ value: '', label: 'All inboxes' }, ...names]}
                value={name ?? ''}
                onChange={(chosen) => show(chosen || undefined)}
              />
            </Group>
          )}
          <Arrivals
            account={account}
            endpoints={endpoints.filter(({ address }) => name === undefined || address.name === name)}
            add={add}
          />
        </Stack>
      )}
    </>
  );
}

interface ArrivalsProps {
  account: string;
  endpoints: InboxEndpoint[];
  add: React.ReactNode;
}

function Arrivals({ account, endpoints, add }: ArrivalsProps) {
  const { name, request } = route.useSearch();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(inboxQuery(account, name));
  const requests = data?.pages.flatMap((page) => page.data);
  if (error && !requests) return <ProblemAlert error={error} retry={refetch} />;
  if (!requests) return <Skeleton height={320} />;
  const shownId = request ?? requests[0]?.id;
  if (shownId === undefined) {
    return (
      <>
        <div className="panel">
          <EmptyState
            title="Nothing has arrived yet"
            text={
              endpoints.length > 0
                ? 'Send an event, and each delivery shows here with its headers, its body and whether its signature verifies.'
                : 'Add an endpoint that delivers here, send an event, and look at the very request that a receiver gets.'
            }
          >
            {endpoints.length === 0 && add}
          </EmptyState>
        </div>
        <EndpointsHere account={account} endpoints={endpoints} />
      </>
    );
  }
  return (
    <div className="inbox">
      <RequestList
        account={account}
        requests={requests}
        shownId={shownId}
        loadMore={hasNextPage ? fetchNextPage : undefined}
      />
      <div className="inbox-shown">
        <RequestDetail account={account} id={shownId} />
      </div>
      <EndpointsHere account={account} endpoints={endpoints} />
    </div>
  );
}

/** The account's endpoints that deliver to an inbox, of those that were made last. */
function useInboxEndpoints(account: string): InboxEndpoint[] {
  const { data } = useInfiniteQuery(endpointsQuery(account));
  const endpoints = data?.pages.flatMap((page) => page.data) ?? [];
  return endpoints.flatMap((endpoint) => {
    const address = inboxAddressOf(endpoint.url);
    return address ? [{ endpoint, address }] : [];
  });
}
