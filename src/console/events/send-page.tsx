import { SimpleGrid, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { typesQuery } from '../endpoints/queries.ts';
import { sampleText } from '../endpoints/test-data.ts';
import { PageHeader } from '../parts/page-header.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { eventQuery } from './queries.ts';
import { SendForm } from './send-form.tsx';
import { Sent } from './sent.tsx';

const route = getRouteApi('/a/$account/send-event');

/** An event as any other, written by hand. */
export function SendEventPage() {
  const { account } = route.useParams();
  const { type, like } = route.useSearch();
  const types = useQuery(typesQuery(account, 'standard'));
  const model = useQuery({ ...eventQuery(account, like ?? ''), enabled: like !== undefined });
  const [sent, setSent] = useState<string>();
  const error = types.error ?? model.error;
  const isReady = types.data && (like === undefined || model.data);
  const event = model.data?.event ?? type ?? types.data?.[0]?.name ?? '';
  return (
    <>
      <PageHeader
        title="Send event"
        text="It goes to every endpoint that subscribes to its type, as if your system had sent it."
        back={{ label: 'Events', path: `/a/${account}/events` }}
      />
      {error && <ProblemAlert error={error} />}
      {!isReady && !error && <Skeleton height={320} />}
      {isReady && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <SendForm
            account={account}
            types={types.data ?? []}
            initial={{
              event,
              data: model.data?.data
                ? JSON.stringify(model.data.data, null, 2)
                : sampleText(types.data?.find(({ name }) => name === event)),
            }}
            onSent={setSent}
          />
          <Sent account={account} id={sent} />
        </SimpleGrid>
      )}
    </>
  );
}
