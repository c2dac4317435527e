import { MantineProvider } from '@mantine/core';
import { type ReactNode, useEffect, useMemo } from 'react';
import { usePortalLook } from './portal/look.ts';
import { themeIn } from './portal/theme.ts';
import { theme, variables } from './theme.ts';

const OWN_LOOK = { theme, variables };

/** The look of everything below: the console's own, or that of the portal link. @param nonce of style elements */
export function Themed({ nonce, children }: { nonce: string; children: ReactNode }) {
  const { color, name } = usePortalLook() ?? {};
  const look = useMemo(() => (color ? themeIn(color) : OWN_LOOK), [color]);
  useEffect(() => {
    if (name) document.title = name;
  }, [name]);
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
