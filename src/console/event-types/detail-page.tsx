import { Button, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import IconSend from '@tabler/icons-react/icons/IconSend';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { NotFound } from '../layout/not-found.tsx';
import { JsonBlock } from '../parts/json-block.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useMayWrite } from '../session/me.ts';
import { DeleteType } from './delete.tsx';
import { ORIGIN_TITLES } from './origins.ts';
import { allTypesQuery, type ListedType } from './queries.ts';
import { SchemaFields } from './schema-fields.tsx';
import { SendToOne } from './send-to-one.tsx';

const route = getRouteApi('/a/$account/event-types/$type');

export function EventTypePage() {
  const { account, type: name } = route.useParams();
  const { data: types, error, refetch } = useQuery(allTypesQuery(account));
  const mayWrite = useMayWrite();
  if (error && !types) return <ProblemAlert error={error} retry={refetch} />;
  if (!types) return <Skeleton height={320} />;
  const type = types.find((one) => one.name === name);
  if (!type) return <NotFound />;
  const isOwn = type.origin === 'own';
  return (
    <>
      <PageHeader
        title={name}
        text={type.description ?? (isOwn ? undefined : ORIGIN_TITLES[type.origin])}
        back={{ label: 'Event types', path: `/a/${account}/event-types` }}
      >
        {mayWrite && isOwn && (
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link to="/a/$account/event-types/$type/edit" params={{ account, type: name }} {...props} />
            )}
          >
            Edit
          </Button>
        )}
        {mayWrite && (
          <Button
            leftSection={<IconSend size={16} />}
            renderRoot={(props) => (
              <Link to="/a/$account/send-event" params={{ account }} search={{ type: name }} {...props} />
            )}
          >
            Try it
          </Button>
        )}
      </PageHeader>
      <Stack gap="md">
        <Sample type={type} />
        <Schema type={type} />
        {mayWrite && <SendToOne account={account} type={type} />}
        {mayWrite && isOwn && <DeleteType account={account} name={name} />}
      </Stack>
    </>
  );
}

function Sample({ type: { sample } }: { type: ListedType }) {
  return (
    <Panel title="Sample" text="What the data of such an event looks like; test sends use it.">
      {sample ? (
        <JsonBlock value={sample} what="the sample" />
      ) : (
        <Text size="sm" c="dimmed">
          No sample was given.
        </Text>
      )}
    </Panel>
  );
}

function Schema({ type: { schema, origin } }: { type: ListedType }) {
  if (!schema) {
    return (
      <Panel title="Schema">
        <Text size="sm" c="dimmed">
          Without one, the data of such events is not checked
          {origin === 'own' && ': edit the type to give it one'}.
        </Text>
      </Panel>
    );
  }
  return (
    <Panel title="Schema" text="An event whose data does not fit is refused.">
      <Tabs defaultValue="fields">
        <Tabs.List mb="md">
          <Tabs.Tab value="fields">Fields</Tabs.Tab>
          <Tabs.Tab value="json">JSON Schema</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="fields">
          <SchemaFields schema={schema} />
        </Tabs.Panel>
        <Tabs.Panel value="json">
          <JsonBlock value={schema} what="the schema" />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  );
}
