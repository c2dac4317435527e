import { useEffect, useMemo } from 'react';
import { Themed, type ThemedProps } from '../themed.tsx';
import { usePortalLook } from './look.ts';
import { themeIn } from './theme.ts';

/** The look that the portal link gives, as soon as it is known. */
export function PortalThemed(props: ThemedProps) {
  const { color, name } = usePortalLook() ?? {};
  const look = useMemo(() => (color ? themeIn(color) : undefined), [color]);
  useEffect(() => {
    if (name) document.title = name;
  }, [name]);
  return <Themed {...props} {...(look && { look })} />;
}
