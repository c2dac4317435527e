import { Alert, Button, CopyButton, Group, Skeleton, Stack, Text } from '@mantine/core';
import IconCheck from '@tabler/icons-react/icons/IconCheck';
import IconTerminal2 from '@tabler/icons-react/icons/IconTerminal2';
import { useQuery } from '@tanstack/react-query';
import { PosthasteError } from '../api/client.ts';
import { BodyText } from '../parts/body-text.tsx';
import { HeaderTable } from '../parts/header-table.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { curlOf } from './curl.ts';
import { attemptRequestQuery } from './queries.ts';

export interface AttemptOf {
  account: string;
  deliveryId: string;
  number: number;
}

/** The request of an attempt, as the receiver got it. */
export function RequestShown({ account, deliveryId, number }: AttemptOf) {
  const { data, error, refetch } = useQuery(attemptRequestQuery(account, deliveryId, number));
  if (error && !data) return <RequestMissing error={error} retry={refetch} />;
  if (!data) return <Skeleton height={160} />;
  const { method, url, headers, body, endpointChangedSince, signaturesWithheld } = data;
  return (
    <Stack gap="sm">
      {endpointChangedSince && <ChangedSince />}
      {signaturesWithheld && (
        <SignaturesWithheld so="The command to copy has none either, and a receiver that verifies refuses it." />
      )}
      <Group justify="space-between" gap="xs" align="flex-start">
        <Text size="sm" ff="monospace" flex="1 1 240px" style={{ overflowWrap: 'anywhere' }}>
          <strong>{method}</strong> {url}
        </Text>
        <CopyButton value={curlOf(data)}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              leftSection={copied ? <IconCheck size={14} /> : <IconTerminal2 size={14} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy as curl'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <HeaderTable headers={headers} />
      <BodyText text={body} what="the request’s body" />
    </Stack>
  );
}

export function ChangedSince() {
  return (
    <Alert color="orange" variant="light" p="sm">
      The endpoint was changed after this attempt. Its URL, headers and secret are those of now, and so are
      the signatures; the body is the one that was sent.
    </Alert>
  );
}

/** @param so what follows from it here */
export function SignaturesWithheld({ so }: { so: string }) {
  return (
    <Alert color="gray" variant="light" p="sm" title="Signatures are left out">
      Whoever has one can pass for the sender, so they are shown only to those who may change things. {so}
    </Alert>
  );
}

/** @param error why there is no request to show */
export function RequestMissing({ error, retry }: { error: Error; retry(): unknown }) {
  return error instanceof PosthasteError && error.code === 'payload_expunged' ? (
    <Alert color="gray" title="The payload is gone">
      The data of this event is no longer kept, so its requests cannot be shown, checked or sent again.
    </Alert>
  ) : (
    <ProblemAlert error={error} retry={retry} />
  );
}
