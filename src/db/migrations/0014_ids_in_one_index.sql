-- Up Migration

-- What looks up a delivery or a signal by its id has one index to do it with. A plan that is made while there are few might
-- as well go through all of an index that has the id behind something else: so those that are for an order have it in
-- another form, as bytes and as a sum.
drop index deliveries_newest, deliveries_of_endpoint, deliveries_unsuccessful_newest, signals_of_account;
create index deliveries_newest on deliveries (account_id, created_at desc, id collate "C" desc);
create index deliveries_of_endpoint on deliveries (endpoint_id, created_at desc, id collate "C" desc);
create index deliveries_unsuccessful_newest on deliveries (account_id, created_at desc, id collate "C" desc)
  where status in ('failed', 'cancelled');
create index signals_of_account on signals (account_id, (id + 0));
