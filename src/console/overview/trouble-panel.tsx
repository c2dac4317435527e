import { Group, Text } from '@mantine/core';
import IconCircleCheck from '@tabler/icons-react/icons/IconCircleCheck';
import { Link } from '@tanstack/react-router';
import type { Overview } from '../api/client.ts';
import { Panel } from '../parts/panel.tsx';
import { shortUrl } from '../parts/short-url.ts';
import { EndpointStatus } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';

/** So many are named; the list of endpoints has them all. */
const MOST_NAMED = 6;

interface TroublePanelProps {
  account: string;
  endpoints: Overview['endpointsInTrouble'];
}

/** Endpoints that somebody should look at. */
export function TroublePanel({ account, endpoints }: TroublePanelProps) {
  const more = endpoints.length - MOST_NAMED;
  return (
    <Panel title="Endpoints in trouble">
      {endpoints.length === 0 ? (
        <Group gap="xs" wrap="nowrap">
          <IconCircleCheck size={20} color="var(--mantine-color-teal-6)" aria-hidden />
          <Text size="sm" c="dimmed">
            None: what each endpoint was sent last has arrived.
          </Text>
        </Group>
      ) : (
        <ul className="troubled">
          {endpoints.slice(0, MOST_NAMED).map((endpoint) => (
            <Troubled key={endpoint.id} account={account} endpoint={endpoint} />
          ))}
        </ul>
      )}
      {more > 0 && (
        <Link className="quiet-link" to="/a/$account/endpoints" params={{ account }}>
          and {more} more
        </Link>
      )}
    </Panel>
  );
}

function Troubled({
  account,
  endpoint,
}: {
  account: string;
  endpoint: Overview['endpointsInTrouble'][number];
}) {
  const { id, url, failingSince } = endpoint;
  return (
    <li>
      <Link className="row-link" to="/a/$account/endpoints/$id" params={{ account, id }}>
        {shortUrl(url)}
      </Link>
      <Group gap={6} fz="sm" c="dimmed">
        <EndpointStatus endpoint={endpoint} />
        {failingSince && (
          <span>
            since <TimeText at={failingSince} />
          </span>
        )}
        <span aria-hidden>·</span>
        <Link
          className="quiet-link"
          to="/a/$account/logs"
          params={{ account }}
          search={{ endpoint: id, status: 'retrying,failed' }}
        >
          What failed
        </Link>
      </Group>
    </li>
  );
}
