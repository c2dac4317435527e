-- Up Migration

-- The burst that carries, or carried, a delivery's first attempt; null when it went out in a workflow of its own.
alter table deliveries add column burst_id text;

-- Those whose first attempt waits for a workflow, and those that a burst has handed over to one.
drop index deliveries_outbox;
create index deliveries_outbox on deliveries (account_id, created_at) where started_at is null and burst_id is null;
create index deliveries_handed_over on deliveries (account_id, created_at)
  where started_at is null and burst_id is not null;
