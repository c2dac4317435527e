import { Stack, Text } from '@mantine/core';
import type { Attempt } from '../api/client.ts';
import { millisecondsText } from '../parts/duration.ts';
import { BodyText } from './body-text.tsx';
import { HeaderTable } from './header-table.tsx';
import { statusText } from './http-status.ts';

/** What the receiver answered, as far as it is kept. */
export function AnswerShown({ attempt }: { attempt: Attempt }) {
  const { responseStatus, durationMs, responseHeaders, responseBody, responseTruncated } = attempt;
  return (
    <Stack gap="sm">
      <Text size="sm">
        <strong>{responseStatus !== undefined && statusText(responseStatus)}</strong> after{' '}
        {millisecondsText(durationMs)}
      </Text>
      {responseHeaders && Object.keys(responseHeaders).length > 0 && (
        <HeaderTable headers={responseHeaders} />
      )}
      {responseBody ? (
        <BodyText text={responseBody} what="the answer’s body" />
      ) : (
        <Text size="sm" c="dimmed">
          {responseBody === '' ? 'It had no body.' : 'Its body is not kept any more.'}
        </Text>
      )}
      {responseTruncated && (
        <Text size="sm" c="dimmed">
          More came than is kept: only the first 64 kB are shown.
        </Text>
      )}
    </Stack>
  );
}
