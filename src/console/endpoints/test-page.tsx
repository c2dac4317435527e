import { Button, Group, SimpleGrid, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { subscribes } from '../../domain/subscription.ts';
import { client, dataOf, type Endpoint } from '../api/client.ts';
import { TypeInput } from '../event-types/type-input.tsx';
import { JsonField } from '../parts/json-field.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { DeliveryWatch } from './delivery-watch.tsx';
import { endpointQuery, type KnownType, typesQuery } from './queries.ts';
import { dataFault, sampleText } from './test-data.ts';

const route = getRouteApi('/a/$account/endpoints/$id/test');

export function TestEndpointPage() {
  const { account, id } = route.useParams();
  const { type } = route.useSearch();
  const endpoint = useQuery(endpointQuery(account, id));
  const profile = endpoint.data?.profile ?? 'standard';
  const types = useQuery({ ...typesQuery(account, profile), enabled: endpoint.isSuccess });
  const error = endpoint.error ?? types.error;
  return (
    <>
      <PageHeader
        title="Send a test event"
        text={endpoint.data?.url}
        back={{ label: 'Endpoint', path: `/a/${account}/endpoints/${id}` }}
      />
      {error && <ProblemAlert error={error} />}
      {endpoint.data && types.data && (
        <Sending account={account} endpoint={endpoint.data} types={types.data} chosen={type} />
      )}
    </>
  );
}

interface SendingProps {
  account: string;
  endpoint: Endpoint;
  types: KnownType[];
  /** Name of the type to begin with. */
  chosen: string | undefined;
}

/** A real delivery to this endpoint alone, and what becomes of it. */
function Sending({ account, endpoint: { id, events }, types, chosen }: SendingProps) {
  const first =
    types.find(({ name }) => name === chosen) ??
    types.find(({ name }) => subscribes(events, name)) ??
    types[0];
  const [event, setEvent] = useState(first?.name ?? 'test.ping');
  const [text, setText] = useState(sampleText(first));
  const fault = dataFault(text);
  const send = useMutation({
    mutationFn: () =>
      dataOf(
        client.POST('/v1/accounts/{account}/endpoints/{id}/test', {
          params: { path: { account, id } },
          body: { event, data: JSON.parse(text) },
        }),
      ),
  });
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Panel title="The event">
        <form
          onSubmit={(submitted) => {
            submitted.preventDefault();
            send.mutate();
          }}
        >
          <Stack>
            <TypeInput
              types={types}
              description="One of the list, or any other."
              value={event}
              onChange={(name, known) => {
                setEvent(name);
                if (known) setText(sampleText(known));
              }}
            />
            <JsonField
              label="Data"
              description="The sample of the type; change it as you like."
              value={text}
              onChange={setText}
              error={fault}
            />
            {send.isError && <ProblemAlert error={send.error} />}
            <Group justify="flex-end">
              <Button type="submit" loading={send.isPending} disabled={fault !== undefined || event === ''}>
                Send
              </Button>
            </Group>
          </Stack>
        </form>
      </Panel>
      <DeliveryWatch account={account} id={send.data?.deliveryId} />
    </SimpleGrid>
  );
}
