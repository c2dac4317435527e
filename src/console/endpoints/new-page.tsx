import { Alert, Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { client, dataOf, type EndpointWithSecret } from '../api/client.ts';
import { CodeBlock } from '../parts/code-block.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { Panel } from '../parts/panel.tsx';
import { EndpointForm } from './form.tsx';
import { endpointsQuery } from './queries.ts';
import { type EndpointValues, NEW, newEndpointOf } from './values.ts';

const route = getRouteApi('/a/$account/endpoints/new');

export function NewEndpointPage() {
  const { account } = route.useParams();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const make = useMutation({
    mutationFn: (values: EndpointValues) =>
      dataOf(
        client.POST('/v1/accounts/{account}/endpoints', {
          params: { path: { account } },
          body: newEndpointOf(values),
        }),
      ),
    onSuccess: () => cache.invalidateQueries({ queryKey: endpointsQuery(account).queryKey }),
  });
  if (make.data) return <Made account={account} endpoint={make.data} />;
  const list = `/a/${account}/endpoints`;
  return (
    <>
      <PageHeader title="Add endpoint" back={{ label: 'Endpoints', path: list }} />
      <EndpointForm
        account={account}
        initial={NEW}
        isNew
        submitLabel="Add endpoint"
        pending={make.isPending}
        error={make.error}
        onSubmit={make.mutate}
        onCancel={() => navigate({ to: list })}
      />
    </>
  );
}

/** The secret, right after it was made: now is when the receiver needs it. */
function Made({ account, endpoint: { id, url, secret } }: { account: string; endpoint: EndpointWithSecret }) {
  const params = { account, id };
  return (
    <Stack maw={760} gap={0}>
      <PageHeader title="Endpoint added" text={url} />
      <Panel
        title="Signing secret"
        text="Your receiver checks with it that a request comes from here. Keep it like a password."
      >
        <CodeBlock text={secret} what="the secret" />
        <Alert color="gray" variant="light">
          It can be shown again on the endpoint's page; each time is noted in the audit log.
        </Alert>
      </Panel>
      <Group mt="md">
        <Button
          renderRoot={(props) => <Link to="/a/$account/endpoints/$id/test" params={params} {...props} />}
        >
          Send a test event
        </Button>
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/a/$account/endpoints/$id" params={params} {...props} />}
        >
          Go to the endpoint
        </Button>
      </Group>
    </Stack>
  );
}
