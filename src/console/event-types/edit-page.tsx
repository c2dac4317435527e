import { Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { client, dataOf } from '../api/client.ts';
import { PageHeader } from '../parts/page-header.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { TypeForm } from './form.tsx';

const route = getRouteApi('/a/$account/event-types/$type/edit');

const textOf = (value: object | undefined) => (value ? JSON.stringify(value, null, 2) : '');

export function EditEventTypePage() {
  const { account, type } = route.useParams();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery({
    // What is edited is what is there, not what was read a while ago.
    queryKey: ['event-type', account, type],
    queryFn: () =>
      dataOf(
        client.GET('/v1/accounts/{account}/event-types/{type}', { params: { path: { account, type } } }),
      ),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const back = () => navigate({ to: '/a/$account/event-types/$type', params: { account, type } });
  if (error && !data) return <ProblemAlert error={error} retry={refetch} />;
  if (!data) return <Skeleton height={320} />;
  const { name, description = '', schema, sample } = data;
  return (
    <>
      <PageHeader
        title="Edit event type"
        text={name}
        back={{ label: name, path: `/a/${account}/event-types/${type}` }}
      />
      <TypeForm
        account={account}
        initial={{ name, description, schema: textOf(schema), sample: textOf(sample) }}
        isNew={false}
        onSaved={() => {
          notifications.show({ color: 'teal', message: 'Saved. It holds for events from now on.' });
          void back();
        }}
        onCancel={back}
      />
    </>
  );
}
