import type { ApiKey } from '../api/client.ts';

type Scopes = ApiKey['scopes'];

/** What a key may do, by the words that people choose by. */
export const SCOPES = {
  both: { scopes: ['read', 'write'], label: 'Read and write', text: 'Everything that the account can do.' },
  read: {
    scopes: ['read'],
    label: 'Read only',
    text: 'Sees everything but secrets and signatures, changes nothing.',
  },
  write: { scopes: ['write'], label: 'Write only', text: 'Sends events and changes things, sees nothing.' },
} as const satisfies Record<string, { scopes: Scopes; label: string; text: string }>;

export type ScopesChoice = keyof typeof SCOPES;

export function scopesLabel(scopes: Scopes): string {
  const choice = scopes.length === 2 ? 'both' : (scopes[0] ?? 'read');
  return SCOPES[choice].label;
}
