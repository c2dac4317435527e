import { NavLink, SegmentedControl, Stack, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import {
  IconBook,
  IconDeviceDesktop,
  IconListDetails,
  IconLogout,
  IconMoon,
  IconSun,
  IconWebhook,
} from '@tabler/icons-react';
import { Link, useRouterState } from '@tanstack/react-router';
import { portalId } from '../portal/link.ts';
import { isShown } from '../portal/look.ts';
import { leave } from '../session/key.ts';

const PAGES = [
  { to: '/a/$account/endpoints', part: 'endpoints', label: 'Endpoints', Icon: IconWebhook },
  { to: '/a/$account/logs', part: 'logs', label: 'Logs', Icon: IconListDetails },
] as const;

export function Navigation({ account }: { account: string }) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <>
      <Stack gap={2} component="nav" aria-label="Pages" flex={1} mt="sm">
        {PAGES.filter(({ part }) => isShown(part)).map(({ to, part, label, Icon }) => {
          const active = path.startsWith(`/a/${encodeURIComponent(account)}/${part}`);
          return (
            <NavLink
              key={part}
              renderRoot={(props) => <Link to={to} params={{ account }} {...props} />}
              label={label}
              leftSection={<Icon size={18} stroke={1.7} />}
              active={active}
              aria-current={active ? 'page' : undefined}
            />
          );
        })}
      </Stack>
      <Stack gap={2}>
        {portalId === undefined && (
          <NavLink href="/docs" label="API reference" leftSection={<IconBook size={18} stroke={1.7} />} />
        )}
        <NavLink
          component="button"
          label="Sign out"
          leftSection={<IconLogout size={18} stroke={1.7} />}
          onClick={leave}
        />
        <SchemeSwitch />
      </Stack>
    </>
  );
}

function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const choice = (value: 'light' | 'auto' | 'dark', name: string, Icon: typeof IconSun) => ({
    value,
    label: (
      <>
        <Icon size={16} aria-hidden display="block" style={{ margin: 'auto' }} />
        <VisuallyHidden>{name}</VisuallyHidden>
      </>
    ),
  });
  return (
    <SegmentedControl
      aria-label="Colours"
      mt="xs"
      size="xs"
      value={colorScheme}
      onChange={(value) => setColorScheme(value as 'light' | 'auto' | 'dark')}
      data={[
        choice('light', 'Light', IconSun),
        choice('auto', 'As the system', IconDeviceDesktop),
        choice('dark', 'Dark', IconMoon),
      ]}
    />
  );
}
