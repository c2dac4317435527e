import { Box } from '@mantine/core';
import { CopyButton } from './copy-button.tsx';

/** Text to read and copy as it is. */
export function CodeBlock({ text, what }: { text: string; what: string }) {
  return (
    <Box pos="relative">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard. */}
      <pre className="code" tabIndex={0}>
        {text}
      </pre>
      <Box pos="absolute" top={6} right={6}>
        <CopyButton value={text} what={what} />
      </Box>
    </Box>
  );
}
