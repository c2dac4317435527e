import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import IconRestore from '@tabler/icons-react/icons/IconRestore';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Recovery, RecoveryCount } from '../api/client.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { shortUrl } from '../parts/short-url.ts';
import { recoveriesQuery, recoveryQuery, startAt } from './queries.ts';

interface CountedProps {
  account: string;
  urls: ReadonlyMap<string, string>;
  counts: RecoveryCount[];
}

/** What would be sent again, and the button that does it. */
export function Counted({ account, urls, counts }: CountedProps) {
  const sendable = counts.filter(({ count }) => count > 0);
  const [left, setLeft] = useState<readonly string[]>([]);
  const chosen = sendable.filter(({ endpointId }) => !left.includes(endpointId));
  const total = sum(chosen.map(({ count }) => count));
  const start = useStart(account);
  const toggle = (id: string) =>
    setLeft(left.includes(id) ? left.filter((one) => one !== id) : [...left, id]);
  return (
    <div className="counted">
      <Group justify="space-between" align="center" gap="md">
        <div>
          <Text className="counted-number">{total}</Text>
          <Text size="sm" c="dimmed">
            {total === 1 ? 'event did not arrive' : 'events did not arrive'}
            {sendable.length > 1 && `, at ${chosen.length} of ${sendable.length} endpoints`}
          </Text>
        </div>
        {sendable.length > 0 && (
          <Button
            leftSection={<IconRestore size={16} />}
            disabled={total === 0}
            loading={start.isPending}
            onClick={() => start.mutate(chosen)}
          >
            Send {total} again
          </Button>
        )}
      </Group>
      <Stack gap={6} mt={sendable.length > 1 ? 'sm' : 0}>
        {sendable.length > 1 &&
          sendable.map(({ endpointId, count }) => (
            <Group key={endpointId} justify="space-between" wrap="nowrap" gap="md">
              <Checkbox
                label={shortUrl(urls.get(endpointId) ?? endpointId)}
                checked={!left.includes(endpointId)}
                onChange={() => toggle(endpointId)}
              />
              <Text size="sm">{count}</Text>
            </Group>
          ))}
      </Stack>
      <Skipped count={sum(counts.map(({ skipped }) => skipped))} />
      {start.isError && (
        <div className="refusal">
          <ProblemAlert error={start.error} />
        </div>
      )}
    </div>
  );
}

function Skipped({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {count} more {count === 1 ? 'delivery needs' : 'deliveries need'} no sending: arrived meanwhile, on the
      way again, a test, or without a payload.
    </Text>
  );
}

/** Starts one recovery for each endpoint; a single one is shown at once. */
function useStart(account: string) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (counts: RecoveryCount[]) => {
      const started: Recovery[] = [];
      // Up to the time of the count, so that what was counted is what is sent.
      for (const { endpointId, since, until, statuses } of counts)
        started.push(await startAt(account, endpointId, { since, until, status: statuses }));
      return started;
    },
    onSuccess: async (started) => {
      const [only, another] = started;
      if (only && !another) {
        cache.setQueryData(recoveryQuery(account, only.id).queryKey, only);
        await navigate({ to: '/a/$account/recover/$id', params: { account, id: only.id } });
      } else notifications.show({ color: 'teal', message: `${started.length} recoveries have started.` });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: recoveriesQuery(account).queryKey }),
  });
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
