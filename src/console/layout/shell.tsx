import { AppShell, Box, Burger, Container, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { getRouteApi, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { portalId } from '../portal/link.ts';
import { AccountSwitcher } from './account-switcher.tsx';
import { BrandMark } from './brand-mark.tsx';
import { Navigation } from './navigation.tsx';

const route = getRouteApi('/a/$account');

/** The frame around all pages of an account: a rail at the side, behind a button on a phone. */
export function Shell() {
  const { account } = route.useParams();
  const [opened, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that was chosen shows itself.
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 56, collapsed: false }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      layout="alt"
      padding="md"
    >
      <AppShell.Header className="bar" hiddenFrom="sm">
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} size="sm" aria-label="Menu" />
          <BrandMark size={24} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className="rail" p="sm">
        <Group px={6} py={6} gap="sm" mb="xs" wrap="nowrap" justify="space-between">
          <BrandMark size={26} />
          <Burger opened onClick={close} size="sm" aria-label="Close menu" hiddenFrom="sm" />
        </Group>
        {portalId === undefined && <AccountSwitcher account={account} />}
        <Navigation account={account} />
      </AppShell.Navbar>
      <AppShell.Main>
        <Container size={1120} px={{ base: 0, sm: 'md' }} py={{ base: 'xs', sm: 'lg' }}>
          <Box mt={{ base: 0, sm: -56 }}>
            <Outlet />
          </Box>
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}
