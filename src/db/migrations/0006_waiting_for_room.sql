-- Up Migration

-- A delivery that came in a burst to an endpoint as busy as it may be waits as a row, without a workflow: it is parked,
-- not started, and out of the outbox until it is woken.
drop index deliveries_outbox;
create index deliveries_outbox on deliveries (account_id, created_at)
  where started_at is null and burst_id is null and lane_place is null and (parked_at is null or woken_at is not null);

-- Since when it has waited so, or had; null when it never did.
alter table deliveries add column crowded_at timestamptz;
