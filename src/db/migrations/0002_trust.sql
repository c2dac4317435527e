-- Up Migration

-- Waiting for an endpoint: a parked delivery's workflow rests until it is woken.

alter table endpoints
  -- Attempts that may be under way at one time; null: the default.
  add column max_concurrency int check (max_concurrency between 1 and 1000),
  -- Who resumed it last, for the logs of the deliveries that this lets through.
  add column resumed_by text;

alter table deliveries
  -- Since when it waits for its endpoint: paused, disabled, or as busy as it may be.
  add column parked_at timestamptz,
  -- When it was told that there is room for it.
  add column woken_at timestamptz,
  -- Since when no attempt of it is to begin: its workflow is asked to end it.
  add column cancel_asked_at timestamptz;
-- In the order in which they are woken: those that were, and never came, after the others.
create index deliveries_parked on deliveries (endpoint_id, woken_at nulls first, created_at, id)
  where parked_at is not null;
create index deliveries_woken on deliveries (endpoint_id, woken_at) where woken_at is not null;
create index deliveries_under_way on deliveries (endpoint_id) where status = 'delivering';

alter table deliveries drop constraint deliveries_reason_check;
alter table deliveries add constraint deliveries_reason_check check (reason in
  ('rejected', 'exhausted', 'blocked', 'gone', 'endpoint_deleted', 'secret_unreadable', 'payload_expunged'));

-- By account, so that a relay that is behind takes from each in turn.
drop index deliveries_outbox;
create index deliveries_outbox on deliveries (account_id, created_at) where started_at is null;

-- The account too: every row of a tenant says whose it is.
alter table signals add column account_id text;
update signals s set account_id = d.account_id from deliveries d where d.id = s.delivery_id;
alter table signals alter column account_id set not null;
create index signals_of_account on signals (account_id, id);

-- Endpoints that misbehave.

create table endpoint_health (
  endpoint_id text primary key references endpoints (id),
  account_id text not null,
  -- The first and the last failure since the last success.
  failing_since timestamptz not null,
  last_failure_at timestamptz not null,
  -- When it was found to be failing, and endpoint.failing asked for; null while it was not.
  notified_at timestamptz
);
create index endpoint_health_since on endpoint_health (failing_since);

-- Operational events that a committed change asks for; deleted once they are ingested.
create table notices (
  id bigint generated always as identity primary key,
  account_id text not null,
  type text not null,
  -- json, not jsonb: members in the order in which they go out.
  data json not null,
  at timestamptz not null default now()
);

-- Sending again what failed.

create table recoveries (
  id text primary key default new_id('rec'),
  account_id text not null,
  endpoint_id text not null references endpoints (id),
  since timestamptz not null,
  until timestamptz not null,
  statuses text[] not null,
  status text not null default 'running' check (status in ('running', 'paused', 'completed', 'cancelled')),
  -- How many deliveries matched when it was asked for, and what became of them so far.
  total int not null,
  resent int not null default 0,
  skipped int not null default 0,
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  started_at timestamptz,
  -- The delivery it came to last, in the order of their creation.
  place_at timestamptz,
  place_id text
);
create index recoveries_newest on recoveries (account_id, created_at desc, id desc);
create unique index recoveries_open on recoveries (endpoint_id) where status in ('running', 'paused');

alter table deliveries add column recovery_id text references recoveries (id);
-- A recovery sends an event once, whatever is repeated.
create unique index deliveries_recovered on deliveries (recovery_id, event_id) where recovery_id is not null;
create index deliveries_recovering on deliveries (recovery_id)
  where recovery_id is not null and status in ('pending', 'delivering', 'held');
create index deliveries_unsuccessful on deliveries (endpoint_id, created_at, id)
  where status in ('failed', 'cancelled');

-- Keeping and forgetting.

alter table accounts
  -- Days that events with their deliveries, and payloads with answers, are kept; null: the default of the setting.
  add column retention_days int check (retention_days >= 1),
  add column payload_retention_days int check (payload_retention_days >= 0);

alter table events
  alter column data drop not null,
  -- When the payload was dropped; null while it is there.
  add column expunged_at timestamptz,
  add constraint events_payload check ((data is null) = (expunged_at is not null));
-- What still has its payload, oldest first.
create index events_unexpunged on events (account_id, accepted_at, id) where expunged_at is null;

-- What is forgotten stays forgotten: an attempt that was under way meanwhile is recorded without its answer.
create function forget_answer_of_expunged() returns trigger language plpgsql as $$
begin
  if exists (
    select from deliveries d join events e on e.account_id = d.account_id and e.id = d.event_id
    where d.id = new.delivery_id and e.expunged_at is not null
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

-- Work that comes round, done by one process at a time.

create table duties (
  name text primary key,
  due_at timestamptz not null,
  -- Where the duty stands, in its own words.
  place jsonb
);

-- Keys and what they did.

-- By the key that a secret is sealed with: which keys are in use is asked at every start.
create index endpoints_sealed_with on endpoints (split_part(secret_sealed, '.', 1), id);
create index endpoints_previously_sealed_with on endpoints (split_part(previous_secret_sealed, '.', 1), id)
  where previous_secret_sealed is not null;

create index audit_log_newest on audit_log (account_id, at desc, id desc);

-- Agreeing with Temporal.

-- The id too, so that all open deliveries can be gone through in an order, some at a time.
drop index deliveries_open;
create index deliveries_open on deliveries (endpoint_id, id) where completed_at is null;
-- Those that sleep, by when they wake: one whose first attempt is its last never comes in here.
create index deliveries_due on deliveries (next_attempt_at, id) where next_attempt_at is not null;
