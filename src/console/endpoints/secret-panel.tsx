import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { client, dataOf } from '../api/client.ts';
import { CodeBlock } from '../parts/code-block.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { TimeText } from '../parts/time-text.tsx';
import { RotateSecret } from './rotate-secret.tsx';

interface Secret {
  secret: string;
  previousSecretExpiresAt?: string;
}

/** The secret on demand. It is asked for by hand and never cached: each reading stands in the audit log. */
export function SecretPanel({ account, id }: { account: string; id: string }) {
  const read = useMutation({
    mutationFn: (rotated?: Secret): Promise<Secret> =>
      rotated
        ? Promise.resolve(rotated)
        : dataOf(
            client.GET('/v1/accounts/{account}/endpoints/{id}/secret', { params: { path: { account, id } } }),
          ),
    gcTime: 0,
  });
  return (
    <Panel
      title="Signing secret"
      text="Receivers check with it that a request comes from here. Each time it is shown is noted in the audit log."
      action={
        <Group gap="xs">
          {read.data ? (
            <Button variant="default" onClick={read.reset}>
              Hide
            </Button>
          ) : (
            <Button variant="default" loading={read.isPending} onClick={() => read.mutate(undefined)}>
              Show
            </Button>
          )}
          <RotateSecret account={account} id={id} onRotated={read.mutate} />
        </Group>
      }
    >
      {read.data ? (
        <CodeBlock text={read.data.secret} what="the secret" />
      ) : (
        <pre className="code" aria-hidden>
          whsec_••••••••••••••••••••••••••••••••
        </pre>
      )}
      {read.data?.previousSecretExpiresAt && (
        <Text size="sm" c="dimmed">
          The one before is valid as well, and ends <TimeText at={read.data.previousSecretExpiresAt} />.
        </Text>
      )}
      {read.isError && <ProblemAlert error={read.error} />}
    </Panel>
  );
}
