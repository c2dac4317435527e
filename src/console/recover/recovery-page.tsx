import './recover.css';
import { Anchor, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Recovery } from '../api/client.ts';
import { endpointQuery } from '../endpoints/queries.ts';
import { MomentText } from '../parts/moment-text.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { shortUrl } from '../parts/short-url.ts';
import { TimeText } from '../parts/time-text.tsx';
import { useMayWrite } from '../session/me.ts';
import { RecoveryCommands } from './commands.tsx';
import { Outcome } from './outcome.tsx';
import { RecoveryProgress } from './progress.tsx';
import { recoveryQuery } from './queries.ts';

const route = getRouteApi('/a/$account/recover/$id');

export function RecoveryPage() {
  const { account, id } = route.useParams();
  const { data, error, dataUpdatedAt, refetch } = useQuery(recoveryQuery(account, id));
  if (error && !data) return <ProblemAlert error={error} retry={refetch} />;
  if (!data) return <Skeleton height={320} />;
  return <Shown key={id} account={account} recovery={data} at={dataUpdatedAt} />;
}

/** @param at when it was so, in milliseconds */
function Shown({ account, recovery, at }: { account: string; recovery: Recovery; at: number }) {
  const mayWrite = useMayWrite();
  const { data: endpoint } = useQuery(endpointQuery(account, recovery.endpointId));
  return (
    <>
      <PageHeader
        title={`Recovery of ${shortUrl(endpoint?.url ?? recovery.endpointId)}`}
        text={<Asked account={account} recovery={recovery} />}
        back={{ label: 'Recover', path: `/a/${account}/recover` }}
      >
        {mayWrite && <RecoveryCommands account={account} recovery={recovery} />}
      </PageHeader>
      <Stack gap="md">
        <RecoveryProgress recovery={recovery} at={at} endpointStatus={endpoint?.status} />
        <Outcome account={account} recovery={recovery} />
      </Stack>
    </>
  );
}

function Asked({
  account,
  recovery: { endpointId, since, until, statuses, createdAt },
}: {
  account: string;
  recovery: Recovery;
}) {
  const now = new Date();
  return (
    <>
      <Anchor component={Link} to={`/a/${account}/endpoints/${endpointId}`} inherit underline="always">
        Endpoint
      </Anchor>
      : what {statuses.includes('cancelled') ? 'failed or was cancelled' : 'failed'}, made{' '}
      <MomentText at={since} now={now} /> to <MomentText at={until} now={now} /> · started{' '}
      <TimeText at={createdAt} />
    </>
  );
}
