import { Button, Stack, Text, Title } from '@mantine/core';
import { wordsOf } from '../api/words-of.ts';

/** What a page shows instead of itself when it could not be shown. */
export function ErrorPage({ error }: { error: unknown }) {
  return (
    <Stack align="center" py={80} px="md" gap="sm">
      <Title order={1}>This page could not be shown</Title>
      <Text c="dimmed" ta="center" maw={520}>
        {wordsOf(error)}
      </Text>
      <Button variant="default" mt="sm" onClick={() => location.reload()}>
        Load it again
      </Button>
    </Stack>
  );
}
