import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { queries } from '../api/queries.ts';
import { portalId } from '../portal/link.ts';
import { keyOf } from '../session/key.ts';
import { meQuery } from '../session/me.ts';
import { ErrorPage } from './error-page.tsx';
import { NotFound } from './not-found.tsx';

/** Leads to sign-in, and from there back; who came by a portal link has no key to sign in with. */
export function requireKey({ location }: { location: { href: string } }): void {
  if (keyOf()) return;
  throw portalId === undefined
    ? redirect({ to: '/sign-in', search: { next: location.href } })
    : redirect({ to: '/ended' });
}

/** How a portal looks is known before it is seen. */
async function openAccount(context: { location: { href: string } }): Promise<void> {
  requireKey(context);
  if (portalId !== undefined) await queries.ensureQueryData(meQuery);
}

export const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ErrorPage,
});

/** Above all pages of an account. */
export const account = createRoute({
  getParentRoute: () => root,
  path: '/a/$account',
  beforeLoad: openAccount,
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
  notFoundComponent: NotFound,
});
