import { type CSSVariablesResolver, MantineProvider, type MantineThemeOverride } from '@mantine/core';
import type { ReactNode } from 'react';
import { theme, variables } from './theme.ts';

export interface Look {
  theme: MantineThemeOverride;
  variables: CSSVariablesResolver;
}

export interface ThemedProps {
  /** Of style elements. */
  nonce: string;
  children: ReactNode;
}

/** The look of everything below. @param look default: the console's own */
export function Themed({ nonce, look = { theme, variables }, children }: ThemedProps & { look?: Look }) {
  return (
    <MantineProvider
      theme={look.theme}
      cssVariablesResolver={look.variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      {children}
    </MantineProvider>
  );
}
