import { Anchor, Code, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Endpoint } from '../api/client.ts';
import { EndpointStatus } from '../parts/status-badge.tsx';

interface DestinationProps {
  account: string;
  id: string;
  /** Undefined while it is not known, and when it was deleted. */
  endpoint: Endpoint | undefined;
}

/** Where a delivery goes, and how it stands there. */
export function Destination({ account, id, endpoint }: DestinationProps) {
  if (!endpoint) return <Code>{id}</Code>;
  return (
    <Group gap="4px 12px">
      <Anchor
        component={Link}
        to={`/a/${account}/endpoints/${id}`}
        inherit
        style={{ overflowWrap: 'anywhere' }}
      >
        {endpoint.url}
      </Anchor>
      <EndpointStatus endpoint={endpoint} />
    </Group>
  );
}
