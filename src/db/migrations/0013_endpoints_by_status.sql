-- Up Migration

-- To count those that stand one way without reading the others.
create index endpoints_by_status on endpoints (status) where deleted_at is null;
