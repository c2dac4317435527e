import { Stack, Text } from '@mantine/core';
import type { Attempt } from '../api/client.ts';
import { BodyText } from '../parts/body-text.tsx';
import { HeaderTable } from '../parts/header-table.tsx';

/** What the receiver answered, as far as it is kept. */
export function AnswerShown({
  attempt: { responseHeaders, responseBody, responseTruncated },
}: {
  attempt: Attempt;
}) {
  return (
    <Stack gap="sm">
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
