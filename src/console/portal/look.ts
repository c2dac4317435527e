import { useQuery } from '@tanstack/react-query';
import type { Me } from '../api/client.ts';
import { meQuery } from '../session/me.ts';

/** How the portal looks that this page is; undefined for those who signed in, and until it is known. */
export function usePortalLook(): Me['portal'] {
  return useQuery({ ...meQuery, enabled: false }).data?.portal;
}
