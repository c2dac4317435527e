import { Alert, Button, Code, Group, Pill, Skeleton, Stack } from '@mantine/core';
import IconSend from '@tabler/icons-react/icons/IconSend';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Endpoint } from '../api/client.ts';
import { millisecondsText } from '../parts/duration.ts';
import { PageHeader } from '../parts/page-header.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { EndpointStatus } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { useMayWrite } from '../session/me.ts';
import { DeleteEndpoint } from './delete.tsx';
import { FORMATS } from './formats.ts';
import { PauseOrResume } from './pause.tsx';
import { endpointQuery } from './queries.ts';
import { Attempts } from './schedule-editor.tsx';
import { SecretPanel } from './secret-panel.tsx';

const route = getRouteApi('/a/$account/endpoints/$id');

export function EndpointPage() {
  const { account, id } = route.useParams();
  const { data: endpoint, error, refetch } = useQuery(endpointQuery(account, id));
  const mayWrite = useMayWrite();
  const back = { label: 'Endpoints', path: `/a/${account}/endpoints` };
  if (error && !endpoint) return <ProblemAlert error={error} retry={refetch} />;
  if (!endpoint) return <Skeleton height={320} />;
  const params = { account, id };
  return (
    <>
      <PageHeader title={endpoint.url} text={endpoint.description} back={back}>
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link to="/a/$account/logs" params={{ account }} search={{ endpoint: id }} {...props} />
          )}
        >
          Logs
        </Button>
        {mayWrite && (
          <>
            <PauseOrResume account={account} endpoint={endpoint} />
            <Button
              variant="default"
              renderRoot={(props) => <Link to="/a/$account/endpoints/$id/edit" params={params} {...props} />}
            >
              Edit
            </Button>
            <Button
              leftSection={<IconSend size={16} />}
              renderRoot={(props) => <Link to="/a/$account/endpoints/$id/test" params={params} {...props} />}
            >
              Send test event
            </Button>
          </>
        )}
      </PageHeader>
      <Stack gap="md">
        <Trouble account={account} endpoint={endpoint} />
        <Panel title="Settings">
          <Facts endpoint={endpoint} />
        </Panel>
        {mayWrite && <SecretPanel account={account} id={id} />}
        {mayWrite && <DeleteEndpoint account={account} endpoint={endpoint} />}
      </Stack>
    </>
  );
}

function Trouble({ account, endpoint }: { account: string; endpoint: Endpoint }) {
  const { id, status, failingSince, lastFailureAt, disabledReason } = endpoint;
  const again = (
    <Link to="/a/$account/recover" params={{ account }} search={{ endpoint: id }} className="text-link">
      Send again what failed
    </Link>
  );
  if (status === 'disabled') {
    return (
      <Alert color="red" title="Nothing is sent to it any more">
        {disabledReason === 'gone' ? 'It answered 410 Gone.' : 'Everything sent to it failed for days.'} When
        it works again, enable it. {again}
      </Alert>
    );
  }
  if (status === 'paused') return <Alert color="gray">Paused: deliveries are held, and none is lost.</Alert>;
  if (!failingSince) return null;
  return (
    <Alert color="orange" title="It is failing">
      The first failure since its last success was <TimeText at={failingSince} />
      {lastFailureAt && (
        <>
          , the last one <TimeText at={lastFailureAt} />
        </>
      )}
      . {again}
    </Alert>
  );
}

function Facts({ endpoint }: { endpoint: Endpoint }) {
  const { id, profile, events, headers, retrySchedule, timeoutMs, maxConcurrency, ordered, createdAt } =
    endpoint;
  const names = Object.keys(headers);
  return (
    <dl className="facts">
      <dt>Health</dt>
      <dd>
        <EndpointStatus endpoint={endpoint} />
      </dd>
      <dt>Id</dt>
      <dd>
        <Code>{id}</Code>
      </dd>
      <dt>Format</dt>
      <dd>{FORMATS[profile]}</dd>
      <dt>Events</dt>
      <dd>
        <Group gap={6}>
          {events.map((pattern) => (
            <Pill key={pattern}>{pattern === '*' ? 'All events' : pattern}</Pill>
          ))}
        </Group>
      </dd>
      <dt>Attempts</dt>
      <dd>
        <Attempts waits={retrySchedule} />
      </dd>
      <dt>Timeout</dt>
      <dd>{millisecondsText(timeoutMs)}</dd>
      <dt>At a time</dt>
      <dd>{maxConcurrency}</dd>
      <dt>In order</dt>
      <dd>{ordered ? 'Yes, by ordering key' : 'No'}</dd>
      <dt>Custom headers</dt>
      <dd>{names.length > 0 ? names.join(', ') : 'None'}</dd>
      <dt>Added</dt>
      <dd>
        <TimeText at={createdAt} />
      </dd>
    </dl>
  );
}
