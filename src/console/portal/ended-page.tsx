import { Stack, Text, Title } from '@mantine/core';

/** What somebody sees whose portal link ended while it was open, or who left it, or who came without its token. */
export function EndedPage() {
  return (
    <Stack align="center" py={80} px="md" gap="sm" component="main">
      <Title order={1}>This link has ended</Title>
      <Text c="dimmed" ta="center">
        Open it again from where you came.
      </Text>
    </Stack>
  );
}
