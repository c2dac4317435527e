import { Button, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <Stack align="center" py={80} px="md" gap="sm">
      <Title order={1}>There is nothing here</Title>
      <Text c="dimmed" ta="center">
        The address may be mistyped, or what it showed was deleted.
      </Text>
      <Button component={Link} to="/" variant="default" mt="sm">
        Go to the start
      </Button>
    </Stack>
  );
}
