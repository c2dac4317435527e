import { Box } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

/**
 * Text to read and copy as it is.
 *
 * @param children the same text as it is shown, when it is not shown plainly
 */
export function CodeBlock({ text, what, children }: { text: string; what: string; children?: ReactNode }) {
  return (
    <Box pos="relative">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard. */}
      <pre className="code" tabIndex={0}>
        {children ?? text}
      </pre>
      <Box pos="absolute" top={6} right={6}>
        <CopyButton value={text} what={what} />
      </Box>
    </Box>
  );
}
