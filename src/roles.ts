/** What one process of Posthaste can be, by the word after `posthaste`; none is `all`. */
export const ROLES = ['all', 'api', 'worker', 'migrate', 'rotate-keys'] as const;
export type Role = (typeof ROLES)[number];
