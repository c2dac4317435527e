import { Alert, Button, Group, Text } from '@mantine/core';
import { PosthasteError } from '../api/client.ts';
import { wordsOf } from '../api/words-of.ts';

/** What went wrong, in the API's words, with what support needs to find it. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?(): unknown }) {
  const requestId = error instanceof PosthasteError ? error.requestId : undefined;
  return (
    <Alert color="red" variant="light" role="alert">
      <Group justify="space-between" align="flex-start">
        <div>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {wordsOf(error)}
          </Text>
          {requestId && (
            <Text size="xs" c="dimmed" mt={4}>
              Request {requestId}
            </Text>
          )}
        </div>
        {retry && (
          <Button size="xs" variant="default" onClick={() => retry()}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  );
}
