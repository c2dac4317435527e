-- Up Migration

-- Autovacuum, which comes every minute, need not learn what is in columns that nobody searches by.
alter table events alter data set statistics 0, alter selz_token set statistics 0,
  alter content_hash set statistics 0, alter traceparent set statistics 0;
alter table deliveries alter retry_schedule_s set statistics 0, alter revision set statistics 0;
alter table attempts alter error_detail set statistics 0, alter response_headers set statistics 0,
  alter response_body set statistics 0, alter step set statistics 0;

-- As in 0007, and with what is said above, which `like` leaves out.
create or replace function add_day(day date) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
declare
  name text;
  partition text;
  unsearched text;
begin
  foreach name in array array['events', 'deliveries', 'attempts'] loop
    partition := name || to_char(day, '_YYYY_MM_DD');
    execute format('create table %I (like %I including defaults including constraints)', partition, name);
    for unsearched in select attname from pg_attribute where attrelid = name::regclass and attstattarget = 0 loop
      execute format('alter table %I alter %I set statistics 0', partition, unsearched);
    end loop;
    execute format('alter table %I attach partition %I for values in (%L)', name, partition, day);
    execute format('create unique index on %I (%s)', partition, case name
      when 'events' then 'account_id, id' when 'deliveries' then 'id' else 'delivery_id, number, try' end);
  end loop;
end
$$;
