import { Box, Group, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { CopyButton } from './copy-button.tsx';
import { JsonText } from './json-text.tsx';

/** A body, laid out for reading when it is JSON, or as it came. Copied is what came, byte for byte. */
export function BodyText({ text, what }: { text: string; what: string }) {
  const pretty = prettyJson(text);
  const [form, setForm] = useState('pretty');
  const isPretty = pretty !== undefined && form === 'pretty';
  return (
    <div>
      <Group justify="space-between" mb={6} gap="xs">
        <Text size="sm" fw={600}>
          Body
        </Text>
        {pretty !== undefined && (
          <SegmentedControl
            aria-label={`How ${what} is shown`}
            size="xs"
            value={form}
            onChange={setForm}
            data={[
              { value: 'pretty', label: 'Pretty' },
              { value: 'raw', label: 'Raw' },
            ]}
          />
        )}
      </Group>
      <Box pos="relative">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard. */}
        <pre className="code" tabIndex={0}>
          {isPretty ? <JsonText text={pretty} /> : text}
        </pre>
        <Box pos="absolute" top={6} right={6}>
          <CopyButton value={text} what={what} />
        </Box>
      </Box>
    </div>
  );
}

function prettyJson(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : undefined;
  } catch {
    return undefined;
  }
}
