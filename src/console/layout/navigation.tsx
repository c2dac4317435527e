import { NavLink, SegmentedControl, Stack, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import IconBolt from '@tabler/icons-react/icons/IconBolt';
import IconBook from '@tabler/icons-react/icons/IconBook';
import IconCategory from '@tabler/icons-react/icons/IconCategory';
import IconDeviceDesktop from '@tabler/icons-react/icons/IconDeviceDesktop';
import IconHistory from '@tabler/icons-react/icons/IconHistory';
import IconInbox from '@tabler/icons-react/icons/IconInbox';
import IconKey from '@tabler/icons-react/icons/IconKey';
import IconLayoutDashboard from '@tabler/icons-react/icons/IconLayoutDashboard';
import IconListDetails from '@tabler/icons-react/icons/IconListDetails';
import IconLogout from '@tabler/icons-react/icons/IconLogout';
import IconMoon from '@tabler/icons-react/icons/IconMoon';
import IconRestore from '@tabler/icons-react/icons/IconRestore';
import IconSun from '@tabler/icons-react/icons/IconSun';
import IconWebhook from '@tabler/icons-react/icons/IconWebhook';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import type { Me } from '../api/client.ts';
import { portalId } from '../portal/link.ts';
import { leave } from '../session/key.ts';
import { meQuery } from '../session/me.ts';

interface Page {
  /** What its paths begin with, after the account. */
  part: string;
  label: string;
  Icon: typeof IconWebhook;
  /** Another such beginning that belongs to it. */
  also?: string;
  /** Who has it; default: everybody. */
  isFor?(me: Me): boolean;
}

const isNoPortal = ({ portal }: Me) => portal === undefined;

const PAGES: readonly Page[] = [
  { part: 'overview', label: 'Overview', Icon: IconLayoutDashboard },
  { part: 'endpoints', label: 'Endpoints', Icon: IconWebhook },
  { part: 'logs', label: 'Logs', Icon: IconListDetails, also: 'deliveries' },
  { part: 'recover', label: 'Recover', Icon: IconRestore },
  { part: 'events', label: 'Events', Icon: IconBolt, also: 'send-event' },
  { part: 'event-types', label: 'Event types', Icon: IconCategory, also: 'add-event-type' },
  { part: 'inbox', label: 'Inbox', Icon: IconInbox, isFor: (me) => me.inbox && isNoPortal(me) },
  { part: 'keys', label: 'API keys', Icon: IconKey, isFor: isNoPortal },
  { part: 'audit-log', label: 'Audit log', Icon: IconHistory, isFor: isNoPortal },
];

export function Navigation({ account }: { account: string }) {
  const { data: me } = useQuery(meQuery);
  const pages = PAGES.filter(({ isFor }) => !isFor || (me && isFor(me)));
  /** The part of the path after the account. */
  const current = useRouterState({ select: ({ location }) => location.pathname.split('/')[3] });
  return (
    <>
      <Stack gap={2} component="nav" aria-label="Pages" flex={1} mt="sm">
        {pages.map(({ part, label, Icon, also }) => {
          const active = current === part || current === also;
          return (
            <NavLink
              key={part}
              renderRoot={(props) => <Link to={`/a/${encodeURIComponent(account)}/${part}`} {...props} />}
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
