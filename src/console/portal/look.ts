import { useQuery } from '@tanstack/react-query';
import type { Me } from '../api/client.ts';
import { meQuery } from '../session/me.ts';
import { portalId } from './link.ts';

/** How the portal looks that this page is; undefined for those who signed in, and until it is known. */
export function usePortalLook(): Me['portal'] {
  return useQuery({ ...meQuery, enabled: false }).data?.portal;
}

/** Parts of the console that the token of a link does not reach. */
const CLOSED_TO_PORTALS: readonly string[] = ['keys', 'audit-log', 'portal-links', 'settings'];

/** @param part what stands behind the account in the path */
export function isShown(part: string): boolean {
  return portalId === undefined || !CLOSED_TO_PORTALS.includes(part);
}
