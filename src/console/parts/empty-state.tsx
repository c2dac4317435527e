import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Says why nothing is there, and offers what to do next. */
export function EmptyState({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap={6} py={56} px="lg">
      <Text fw={600}>{title}</Text>
      <Text c="dimmed" size="sm" ta="center" maw={440} mb={children ? 'sm' : 0}>
        {text}
      </Text>
      {children}
    </Stack>
  );
}
