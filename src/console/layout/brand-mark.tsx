import { Group } from '@mantine/core';
import mark from '../mark.svg';
import { usePortalLook } from '../portal/look.ts';

/** Whose console this is: Posthaste's, or what the portal link says. @param size of the picture, in pixels */
export function BrandMark({ size }: { size: number }) {
  const { name, logo } = usePortalLook() ?? {};
  const isOwn = !name && !logo;
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      {isOwn && <img src={mark} alt="" width={size} height={size} />}
      {logo && <img className="logo" src={logo} alt={name ? '' : 'Logo'} height={size} />}
      {(name || isOwn) && <strong className="brand-name">{name ?? 'Posthaste'}</strong>}
    </Group>
  );
}
