import { addressText } from '../parts/address-text.ts';
import { type Times, timesOf } from '../parts/times.ts';

/** What the address of the log narrows it to. */
export interface AuditSearch extends Times {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
}

const FIELDS = ['actor', 'action', 'target'] as const;

export function auditSearchOf(given: Record<string, unknown>): AuditSearch {
  const said = FIELDS.map((field) => [field, addressText(given[field])]).filter(([, text]) => text);
  return { ...Object.fromEntries(said), ...timesOf(given) };
}
