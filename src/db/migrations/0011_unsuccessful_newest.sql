-- Up Migration

-- Few are, and they are what people look for.
create index deliveries_unsuccessful_newest on deliveries (account_id, created_at desc, id desc)
  where status in ('failed', 'cancelled');
