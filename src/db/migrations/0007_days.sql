-- Up Migration

-- Events, deliveries and attempts by day. What is open is together in one partition, small whatever was sent before;
-- what has ended is moved to the partition of its day, and a day is dropped at once when no account keeps it any more.
-- A key of Postgres over all days would need the day in it, so there is none from one of the three to another.

-- The UTC day on which an id that new_id made was made.
create function day_of(id text) returns date language sql immutable parallel safe as $$
  select date '1970-01-01' + (('x' || substr(id, strpos(id, '_') + 1, 12))::bit(48)::bigint / 86400000)::int
$$;

-- The days that have partitions.
create table days (day date primary key);

drop index deliveries_open;
alter table events rename to events_before;
alter table deliveries rename to deliveries_before;
alter table attempts rename to attempts_before;

create table events (
  like events_before including defaults including constraints,
  -- The UTC day of accepted_at.
  day date not null default (now() at time zone 'UTC')::date,
  -- Other days on which deliveries of it were made.
  resent_on date[] not null default '{}'
) partition by list (day);

-- The names that callers gave to events: what makes them unique over all days.
create table event_names (
  account_id text not null,
  id text not null,
  idempotency_key text,
  day date not null,
  primary key (account_id, id)
);
create unique index event_names_idempotency_key on event_names (account_id, idempotency_key)
  where idempotency_key is not null;
create index event_names_of_day on event_names (day);

create table deliveries (
  like deliveries_before including defaults including constraints,
  -- Null while it is open; day_of(id) once it has ended and was moved.
  day date,
  event_day date not null default (now() at time zone 'UTC')::date,
  -- When the payload of its event was dropped, if it was open then.
  expunged_at timestamptz,
  check (day is null or completed_at is not null)
) partition by list (day);
create table deliveries_open partition of deliveries for values in (null) with (fillfactor = 80);

create table attempts (
  like attempts_before including defaults including constraints,
  -- As its delivery's.
  day date
) partition by list (day);
create table attempts_open partition of attempts for values in (null);

-- Makes the partitions of a day. As the owner of the tables, which nobody else may; it reads and writes no row. Made, then
-- attached: nobody who uses the tables meanwhile waits.
create function add_day(day date) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  name text;
  partition text;
begin
  foreach name in array array['events', 'deliveries', 'attempts'] loop
    partition := name || to_char(day, '_YYYY_MM_DD');
    execute format('create table %I (like %I including defaults including constraints)', partition, name);
    execute format('alter table %I attach partition %I for values in (%L)', name, partition, day);
    -- A key without the day in it: an index of all days that is unique would have to have it, and a plan that was made
    -- while the day was empty might go through all of it.
    execute format('create unique index on %I (%s)', partition, case name
      when 'events' then 'account_id, id' when 'deliveries' then 'id' else 'delivery_id, number, try' end);
  end loop;
end
$$;

-- Drops a day of one of the three tables, if it is there. Whoever uses the table is waited for, but not for long, for
-- everybody else waits behind this.
create function drop_day(of_table text, day date) returns void language plpgsql security definer
set search_path = public, pg_temp set lock_timeout = '200ms' as $$
begin
  if of_table not in ('events', 'deliveries', 'attempts') then
    raise exception '% is not kept by day', of_table;
  end if;
  execute format('drop table if exists %I', of_table || to_char(day, '_YYYY_MM_DD'));
end
$$;

do $$
declare
  name text;
begin
  foreach name in array array['events', 'event_names', 'deliveries', 'attempts', 'days'] loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy engine on %I to posthaste_engine using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to posthaste_engine', name);
    if name = 'days' then
      -- These belong to no account.
      execute 'create policy tenant on days for select to posthaste_tenant using (true)';
    else
      execute format('create policy tenant on %I to posthaste_tenant '
        'using (account_id = nullif(current_setting(''posthaste.account'', true), '''')) '
        'with check (account_id = nullif(current_setting(''posthaste.account'', true), ''''))', name);
    end if;
  end loop;
end
$$;
grant select on days, event_names to posthaste_tenant;
grant select, insert, update on deliveries to posthaste_tenant;
grant select, update (data, expunged_at, resent_on) on events to posthaste_tenant;
grant select, update (response_headers, response_body, response_truncated) on attempts to posthaste_tenant;
revoke execute on function add_day(date), drop_day(text, date) from public;
grant execute on function add_day(date), drop_day(text, date) to posthaste_engine;
grant execute on function day_of(text) to posthaste_tenant, posthaste_engine;

-- Before the update: one that moves a row to another partition has no after.
create or replace function end_turn_in_lane() returns trigger language plpgsql as $$
begin
  insert into lane_turns (account_id, endpoint_id, ordering_key, delivery_id)
  values (new.account_id, new.endpoint_id, new.ordering_key, new.id);
  return new;
end
$$;
-- Whoever ends a delivery, and in whatever way: that its turn is over is written down with it.
create trigger end_turn_in_lane before update of completed_at on deliveries for each row
  when (new.ordering_key is not null and old.lane_place is null and old.completed_at is null
    and new.completed_at is not null)
  execute function end_turn_in_lane();

-- What is forgotten stays forgotten: an attempt that was under way meanwhile is recorded without its answer.
create or replace function forget_answer_of_expunged() returns trigger language plpgsql as $$
begin
  if exists (
    select from deliveries d where d.id = new.delivery_id and d.day is null and d.expunged_at is not null
  ) then
    new.response_headers := null;
    new.response_body := null;
    new.response_truncated := null;
  end if;
  return new;
end
$$;
create trigger forget_answer_of_expunged before update on attempts for each row
  when (new.response_headers is not null or new.response_body is not null)
  execute function forget_answer_of_expunged();

-- What was there before.
set local role posthaste_engine;
insert into days
select (accepted_at at time zone 'UTC')::date from events_before
union
select day_of(id) from deliveries_before;
select add_day(day) from days;
insert into events
select e.*, (e.accepted_at at time zone 'UTC')::date, array(
    select distinct day_of(d.id) from deliveries_before d
    where d.account_id = e.account_id and d.event_id = e.id and day_of(d.id) <> (e.accepted_at at time zone 'UTC')::date
  )
from events_before e;
insert into event_names (account_id, id, idempotency_key, day)
select account_id, id, idempotency_key, day from events
where idempotency_key is not null or case when id ~ '^evt_[0-9a-f]{32}$' then day_of(id) - day not in (0, 1) else true end;
insert into deliveries
select d.*, case when d.completed_at is not null then day_of(d.id) end, (e.accepted_at at time zone 'UTC')::date,
  case when d.completed_at is null then e.expunged_at end
from deliveries_before d join events_before e on e.account_id = d.account_id and e.id = d.event_id;
insert into attempts
select t.*, case when d.completed_at is not null then day_of(d.id) end
from attempts_before t join deliveries_before d on d.id = t.delivery_id;
reset role;
drop table attempts_before, deliveries_before, events_before;

-- Indexes of all days.
create index events_newest on events (account_id, accepted_at desc, id desc);
create index events_unexpunged on events (account_id, accepted_at, id) where expunged_at is null;
-- Those that go with deliveries of later days.
create index events_resent on events (account_id, id) where resent_on <> '{}';
create index deliveries_newest on deliveries (account_id, created_at desc, id desc);
create index deliveries_of_endpoint on deliveries (endpoint_id, created_at desc, id desc);
create index deliveries_of_event on deliveries (account_id, event_id);
create index deliveries_unsuccessful on deliveries (endpoint_id, created_at, id) where status in ('failed', 'cancelled');

-- Plans that are made before anybody else analyzes them know what is in the days.
do $$
declare
  partition text;
begin
  for partition in select name || to_char(day, '_YYYY_MM_DD') from days, unnest(array['events', 'deliveries', 'attempts']) name
  loop
    execute format('analyze %I', partition);
  end loop;
end
$$;

-- Indexes of what is open.
create unique index deliveries_id on deliveries_open (id);
create unique index attempts_id on attempts_open (delivery_id, number, try);
create index deliveries_outbox on deliveries_open (account_id, created_at)
  where started_at is null and burst_id is null and lane_place is null and (parked_at is null or woken_at is not null);
create index deliveries_handed_over on deliveries_open (account_id, created_at)
  where started_at is null and burst_id is not null;
-- So that all can be gone through in an order, some at a time.
create index deliveries_unended on deliveries_open (endpoint_id, id) where completed_at is null and lane_place is null;
-- Those that sleep, by when they wake: one whose first attempt is its last never comes in here.
create index deliveries_due on deliveries_open (next_attempt_at, id)
  where next_attempt_at is not null and lane_place is null;
-- Those that wait in lanes, in the order in which they are let go.
create index deliveries_in_lanes on deliveries_open (endpoint_id, ordering_key, lane_place)
  where lane_place is not null and completed_at is null;
-- In the order in which they are woken: those that were, and never came, after the others.
create index deliveries_parked on deliveries_open (endpoint_id, woken_at nulls first, created_at, id)
  where parked_at is not null;
create index deliveries_woken on deliveries_open (endpoint_id, woken_at) where woken_at is not null;
create index deliveries_under_way on deliveries_open (endpoint_id) where status = 'delivering';
create index deliveries_resends on deliveries_open (resend_of) where resend_of is not null;
create index deliveries_recovering on deliveries_open (recovery_id)
  where recovery_id is not null and status in ('pending', 'delivering', 'held');
-- A recovery has one open delivery of an event, whatever is repeated.
create unique index deliveries_recovered on deliveries_open (recovery_id, event_id) where recovery_id is not null;
-- Those that have ended without an attempt, and are to be moved.
create index deliveries_ended on deliveries_open (completed_at) where completed_at is not null;

-- That all rows of these two are open is told to the planner, with rows that are gone again: before there are statistics it
-- takes a `day` that is null for something rare, and plans as if there were next to nothing to sort.
set local role posthaste_engine;
insert into deliveries (id, account_id, event_id, endpoint_id, event_type)
select 'planned' || n, '', '', '', '' from generate_series(1, 100) n;
insert into attempts (delivery_id, account_id, number, try, started_at)
select 'planned' || n, '', 1, 1, now() from generate_series(1, 100) n;
reset role;
analyze deliveries_open (day);
analyze attempts_open (day);
set local role posthaste_engine;
delete from deliveries where account_id = '';
delete from attempts where account_id = '';
reset role;
