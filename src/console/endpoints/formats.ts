import type { Profile } from '../api/client.ts';

/** What the wire formats are called. */
export const FORMATS: Record<Profile, string> = {
  standard: 'Standard Webhooks',
  selgora: 'Selgora',
  selz: 'Selz',
};
