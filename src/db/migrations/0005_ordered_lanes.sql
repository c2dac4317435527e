-- Up Migration

-- Ordered lanes: an endpoint that is `ordered` gets the events of one key one after the other. A delivery that waits for
-- the one before it is a row, and no more than that: it is in no index that is gone through while it waits.

alter table endpoints
  add column ordered boolean not null default false,
  -- How long the one before may keep the next one waiting, in seconds; null: as long as it takes.
  add column ordered_max_wait_s int check (ordered_max_wait_s between 1 and 2592000),
  -- Since then the time that lanes wait is counted anew.
  add column resumed_at timestamptz;

alter table events add column ordering_key text;

alter table deliveries
  -- The lane at its endpoint; null when it is in none.
  add column ordering_key text,
  -- Its place among those that wait in the lane; null when it does not wait.
  add column lane_place bigint,
  -- When it was let go, if it waited.
  add column let_go_at timestamptz;

drop index deliveries_outbox;
create index deliveries_outbox on deliveries (account_id, created_at)
  where started_at is null and burst_id is null and lane_place is null;
drop index deliveries_open;
create index deliveries_open on deliveries (endpoint_id, id) where completed_at is null and lane_place is null;
drop index deliveries_due;
create index deliveries_due on deliveries (next_attempt_at, id)
  where next_attempt_at is not null and lane_place is null;
-- Those that wait, in the order in which they are let go.
create index deliveries_in_lanes on deliveries (endpoint_id, ordering_key, lane_place)
  where lane_place is not null and completed_at is null;

-- A lane is there while the delivery that was let go last in it, its front, has not ended. Whoever comes then waits
-- behind it. The row is the lock for all that is done to those that wait; it is taken before theirs.
create table lanes (
  endpoint_id text not null references endpoints (id),
  ordering_key text not null,
  account_id text not null,
  front_id text not null,
  -- When the front was let go.
  let_go_at timestamptz not null default now(),
  last_place bigint not null,
  -- How many wait.
  waiting int not null,
  primary key (endpoint_id, ordering_key)
) with (fillfactor = 50);
create index lanes_waiting on lanes (endpoint_id, let_go_at) where waiting > 0;

-- Deliveries of lanes that have ended, and whose turn is to be passed on; deleted once it was.
create table lane_turns (
  id bigint generated always as identity primary key,
  account_id text not null,
  endpoint_id text not null,
  ordering_key text not null,
  delivery_id text not null
);

-- Whoever ends a delivery, and in whatever way: that its turn is over is written down with it. To pass it on here would
-- lock the lanes of one statement in the order of its rows, and two such statements would wait in a circle.
create function end_turn_in_lane() returns trigger language plpgsql as $$
begin
  insert into lane_turns (account_id, endpoint_id, ordering_key, delivery_id)
  values (new.account_id, new.endpoint_id, new.ordering_key, new.id);
  return null;
end
$$;
create trigger end_turn_in_lane after update of completed_at on deliveries for each row
  when (new.ordering_key is not null and old.lane_place is null and old.completed_at is null
    and new.completed_at is not null)
  execute function end_turn_in_lane();

do $$
declare
  name text;
begin
  foreach name in array array['lanes', 'lane_turns'] loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy engine on %I to posthaste_engine using (true) with check (true)', name);
    execute format('create policy tenant on %I to posthaste_tenant '
      'using (account_id = nullif(current_setting(''posthaste.account'', true), '''')) '
      'with check (account_id = nullif(current_setting(''posthaste.account'', true), ''''))', name);
    execute format('grant select, insert, update, delete on %I to posthaste_engine', name);
  end loop;
end
$$;
grant select, update on lanes to posthaste_tenant;
grant insert on lane_turns to posthaste_tenant;
