import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { endpointsQuery } from '../endpoints/queries.ts';
import { Panel } from '../parts/panel.tsx';
import type { ListedType } from './queries.ts';

/** Tries a type at a single endpoint, subscribed or not. */
export function SendToOne({ account, type: { name, origin } }: { account: string; type: ListedType }) {
  const { data } = useInfiniteQuery(endpointsQuery(account));
  const navigate = useNavigate();
  const endpoints = data?.pages
    .flatMap((page) => page.data)
    .filter(({ profile }) => profile === 'standard' || profile === origin);
  if (!endpoints || endpoints.length === 0) return null;
  return (
    <Panel
      title="Send it to one endpoint"
      text="A test for this endpoint alone, whether it subscribes or not."
    >
      <Select
        aria-label="Endpoint"
        placeholder="Choose an endpoint"
        searchable
        data={endpoints.map(({ id, url }) => ({ value: id, label: url }))}
        value={null}
        onChange={(id) =>
          id &&
          navigate({ to: '/a/$account/endpoints/$id/test', params: { account, id }, search: { type: name } })
        }
      />
    </Panel>
  );
}
