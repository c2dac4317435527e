import type { Settled, Waiting } from '../domain/delivery.ts';
import type { AttemptClaim } from './attempt-claim.ts';
import type { Queryable } from './pool.ts';

/** What is written down of an ended attempt. */
export interface AttemptRecord {
  deliveryId: string;
  number: number;
  try: number;
  durationMs: number;
  responseStatus?: number | undefined;
  responseHeaders?: Record<string, string | string[]>;
  responseBody?: string;
  responseTruncated?: boolean;
  errorDetail?: string;
  step: Settled | Waiting;
}

/**
 * Finishes attempt rows and moves their deliveries on, once: a row that is finished already, and a delivery
 * that is over already, stay as they are. An endpoint that answered 410 is disabled.
 */
export async function recordAttempts(db: Queryable, records: AttemptRecord[]): Promise<undefined[]> {
  await db.query({
    name: 'record-attempts',
    text: `
      with ended as (
        select * from unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::int[], $6::json[], $7::text[], $8::bool[],
          $9::text[], $10::text[], $11::jsonb[], $12::text[], $13::text[], $14::timestamptz[])
          as r (delivery_id, number, try, duration_ms, response_status, response_headers, response_body,
            response_truncated, error, error_detail, step, status, reason, next_attempt_at)
      ), finished as (
        update attempts t set finished_at = now(), duration_ms = r.duration_ms, response_status = r.response_status,
          response_headers = r.response_headers, response_body = r.response_body,
          response_truncated = r.response_truncated, error = r.error, error_detail = r.error_detail, step = r.step
        from ended r
        where t.delivery_id = r.delivery_id and t.number = r.number and t.try = r.try and t.finished_at is null
        returning t.delivery_id, t.number
      ), moved as (
        update deliveries d set status = r.status, reason = r.reason, attempt_count = r.number,
          last_response_status = r.response_status, next_attempt_at = r.next_attempt_at,
          completed_at = case when r.status = 'retrying' then null else now() end, revision = d.revision + 1
        from ended r join finished f using (delivery_id, number)
        where d.id = r.delivery_id and d.status not in ('succeeded', 'failed', 'cancelled')
        returning d.endpoint_id, d.reason
      ), gone as (
        -- Locked in one order, so that two statements never wait for each other in a circle.
        select id from endpoints
        where id in (select endpoint_id from moved where reason = 'gone') and status = 'active'
        order by id
        for no key update
      )
      update endpoints e set status = 'disabled', disabled_reason = 'gone', updated_at = now()
      from gone where e.id = gone.id`,
    values: [
      records.map((r) => r.deliveryId),
      records.map((r) => r.number),
      records.map((r) => r.try),
      records.map((r) => r.durationMs),
      records.map((r) => r.responseStatus ?? null),
      records.map((r) => (r.responseHeaders ? JSON.stringify(r.responseHeaders) : null)),
      records.map((r) => r.responseBody ?? null),
      records.map((r) => r.responseTruncated ?? null),
      records.map((r) => r.step.attempt?.error ?? null),
      records.map((r) => r.errorDetail ?? null),
      records.map((r) => JSON.stringify(r.step)),
      records.map((r) => (r.step.kind === 'settled' ? r.step.status : 'retrying')),
      records.map((r) => (r.step.kind === 'settled' ? (r.step.reason ?? null) : null)),
      records.map((r) => (r.step.kind === 'waiting' ? r.step.until : null)),
    ],
  });
  return records.map(() => undefined);
}

/** Takes back a claim whose POST was never made, so that it leaves no trace. */
export async function releaseClaim(
  db: Queryable,
  { deliveryId, number, try: tryNumber }: Pick<AttemptClaim, 'deliveryId' | 'number' | 'try'>,
): Promise<void> {
  await db.query(
    'delete from attempts where delivery_id = $1 and number = $2 and try = $3 and finished_at is null',
    [deliveryId, number, tryNumber],
  );
}
