import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { client, dataOf } from '../api/client.ts';
import type { AttemptRequest } from '../api/types.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { useMayWrite } from '../session/me.ts';
import { signatureOf, signaturesIn } from './signature.ts';

interface SecretCheckProps {
  account: string;
  endpointId: string;
  signature: AttemptRequest['signatures'][number];
  /** The value of the signature's header; undefined where it is withheld, and there is nothing to compare with. */
  header: string | undefined;
}

/**
 * Computes a signature with a secret that is pasted, or with the endpoint's, which is asked for by hand and not kept:
 * each reading stands in the audit log.
 */
export function SecretCheck({ account, endpointId, signature, header }: SecretCheckProps) {
  const mayWrite = useMayWrite();
  const [pasted, setPasted] = useState('');
  const { scheme, signedContent } = signature;
  const check = useMutation({
    mutationFn: async (secret: string | undefined) => {
      const params = { path: { account, id: endpointId } };
      const used =
        secret ??
        (await dataOf(client.GET('/v1/accounts/{account}/endpoints/{id}/secret', { params }))).secret;
      const computed = await signatureOf(scheme, signedContent, used);
      return {
        computed,
        matches: header === undefined ? undefined : signaturesIn(scheme, header).includes(computed),
      };
    },
    gcTime: 0,
  });
  if (!globalThis.isSecureContext) {
    return (
      <Text size="sm" c="dimmed">
        Browsers compute signatures only on pages of https or of this machine.
      </Text>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    check.mutate(pasted.trim());
  };
  return (
    <Stack gap="sm">
      <form onSubmit={submit}>
        <Group gap="xs" align="flex-end">
          <PasswordInput
            aria-label="Secret"
            placeholder="whsec_… as your receiver has it"
            autoComplete="off"
            flex="1 1 240px"
            value={pasted}
            onChange={(event) => setPasted(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={pasted.trim() === ''}>
            Check
          </Button>
          {mayWrite && (
            <Button variant="light" loading={check.isPending} onClick={() => check.mutate(undefined)}>
              Check with the endpoint’s secret
            </Button>
          )}
        </Group>
      </form>
      <div aria-live="polite">
        {check.isError && <ProblemAlert error={check.error} />}
        {check.data && <Verdict {...check.data} />}
      </div>
    </Stack>
  );
}

function Verdict({ computed, matches }: { computed: string; matches: boolean | undefined }) {
  const { color, title, text } = VERDICTS[`${matches ?? 'unknown'}`];
  return (
    <Alert color={color} variant="light" p="sm" title={title}>
      <Text size="sm">{text}</Text>
      <Text size="xs" mt={6} ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        {computed}
      </Text>
    </Alert>
  );
}

const VERDICTS = {
  true: {
    color: 'teal',
    title: 'The signature matches',
    text: 'This secret made it for exactly this content.',
  },
  false: {
    color: 'red',
    title: 'The signature does not match',
    text: 'This secret makes another signature. Is it the secret of this endpoint, and of this time?',
  },
  unknown: {
    color: 'gray',
    title: 'With this secret, the signature is',
    text: 'If your receiver got another one, this is not the secret of this endpoint, and of this time.',
  },
};
