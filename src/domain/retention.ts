/** How long things are kept, in days. `payloadDays` is at most `days`. */
export interface Retention {
  /** Events with their deliveries and attempts. */
  days: number;
  /** The data of events, and what endpoints answered. 0: until the last delivery is over. */
  payloadDays: number;
}

/** What an account asks for; null: the default. */
export interface OwnRetention {
  days: number | null;
  payloadDays: number | null;
}

export const DEFAULT_RETENTION: Retention = { days: 90, payloadDays: 30 };

/** Ten years. */
export const LONGEST_RETENTION_DAYS = 3650;

/** How long the audit log is kept, whatever the account, in days: a year, and a month to look back on it. */
export const AUDIT_RETENTION_DAYS = 400;

/** What holds for an account. Payloads are never kept longer than their events, whatever their own time. */
export function retentionInForce(own: OwnRetention, defaults: Retention): Retention {
  const days = own.days ?? defaults.days;
  return { days, payloadDays: Math.min(own.payloadDays ?? defaults.payloadDays, days) };
}
