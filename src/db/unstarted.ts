import type { CommittedDelivery } from '../domain/delivery.ts';

/** What a workflow is started with. */
export interface UnstartedRow {
  id: string;
  account_id: string;
  endpoint_id: string;
  event_type: string;
  deliver_at: Date | null;
  burst_id: string | null;
  woken_at: Date | null;
}

/** SQL: the columns of it, of a delivery `d`. */
export const UNSTARTED = `d.id, d.account_id, d.endpoint_id, d.event_type, d.burst_id,
  d.woken_at, case when d.attempt_count = 0 then d.next_attempt_at end as deliver_at`;

export function toCommitted(row: UnstartedRow): CommittedDelivery {
  return {
    id: row.id,
    accountId: row.account_id,
    endpointId: row.endpoint_id,
    eventType: row.event_type,
    ...(row.deliver_at && { deliverAt: row.deliver_at }),
    ...(row.burst_id !== null && { handedOver: true }),
    ...(row.woken_at && { wokenAt: row.woken_at }),
  };
}
