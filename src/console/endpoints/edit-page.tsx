import { Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { client, dataOf, type Endpoint } from '../api/client.ts';
import { PageHeader } from '../parts/page-header.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { EndpointForm } from './form.tsx';
import { endpointQuery, endpointsQuery } from './queries.ts';
import { type EndpointValues, patchOf, valuesOf } from './values.ts';

const route = getRouteApi('/a/$account/endpoints/$id/edit');

export function EditEndpointPage() {
  const { account, id } = route.useParams();
  const { data, error, refetch } = useQuery(endpointQuery(account, id));
  if (error && !data) return <ProblemAlert error={error} retry={refetch} />;
  return data ? <Editing account={account} endpoint={data} /> : <Skeleton height={320} />;
}

function Editing({ account, endpoint }: { account: string; endpoint: Endpoint }) {
  const { id } = endpoint;
  const navigate = useNavigate();
  const cache = useQueryClient();
  const before = valuesOf(endpoint);
  const back = () => navigate({ to: '/a/$account/endpoints/$id', params: { account, id } });
  const save = useMutation({
    mutationFn: (values: EndpointValues) =>
      dataOf(
        client.PATCH('/v1/accounts/{account}/endpoints/{id}', {
          params: { path: { account, id } },
          body: patchOf(before, values),
        }),
      ),
    onSuccess: async (saved) => {
      cache.setQueryData(endpointQuery(account, id).queryKey, saved);
      void cache.invalidateQueries({ queryKey: endpointsQuery(account).queryKey });
      notifications.show({ color: 'teal', message: 'Saved. It holds for deliveries that wait, too.' });
      await back();
    },
  });
  return (
    <>
      <PageHeader
        title="Edit endpoint"
        text={endpoint.url}
        back={{ label: 'Endpoint', path: `/a/${account}/endpoints/${id}` }}
      />
      <EndpointForm
        account={account}
        initial={before}
        isNew={false}
        submitLabel="Save"
        pending={save.isPending}
        error={save.error}
        onSubmit={save.mutate}
        onCancel={back}
      />
    </>
  );
}
