/** What the filter offers; the log itself shows any. */
export const ACTIONS = [
  'account.created',
  'account.updated',
  'delivery.cancelled',
  'delivery.command_refused',
  'delivery.rescheduled',
  'delivery.resent',
  'delivery.reset',
  'delivery.retried',
  'delivery.terminated',
  'endpoint.created',
  'endpoint.deleted',
  'endpoint.disabled',
  'endpoint.paused',
  'endpoint.resumed',
  'endpoint.secret_read',
  'endpoint.secret_rotated',
  'endpoint.tested',
  'endpoint.updated',
  'event.payload_expunged',
  'event_type.created',
  'event_type.deleted',
  'event_type.updated',
  'key.created',
  'key.revoked',
  'listener.created',
  'listener.deleted',
  'listener.expired',
  'portal_link.created',
  'portal_link.ended',
  'recovery.cancelled',
  'recovery.paused',
  'recovery.resumed',
  'recovery.started',
] as const;

/** `endpoint.secret_read` → `Endpoint secret read`; `retrySchedule` → `Retry schedule`. */
export function inWords(name: string): string {
  const words = name
    .replace(/^url$/, 'URL')
    .replace(/[._]/g, ' ')
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value of the details as one reads it. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length > 0 ? value.map(valueText).join(', ') : 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
