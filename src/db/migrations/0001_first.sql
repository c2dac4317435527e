-- Up Migration

-- Time-ordered ids with a prefix that says what they name: evt_ + 12 hex digits of milliseconds + 20 random ones.
create function new_id(prefix text) returns text language sql volatile as $$
  select prefix || '_'
    || lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
    || substr(replace(gen_random_uuid()::text, '-', ''), 13, 20)
$$;

create table accounts (
  id text primary key,
  name text,
  created_at timestamptz not null default now()
);

create table endpoints (
  id text primary key default new_id('ep'),
  account_id text not null references accounts (id),
  url text not null,
  profile text not null check (profile in ('selgora', 'selz', 'standard')),
  events text[] not null,
  description text,
  headers jsonb not null default '{}',
  secret_sealed text not null,
  previous_secret_sealed text,
  previous_secret_expires_at timestamptz,
  -- Null: the default of the profile.
  retry_schedule_s int[],
  retry_jitter real not null default 0,
  timeout_ms int,
  retry_on int[],
  status text not null default 'active' check (status in ('active', 'paused', 'disabled')),
  disabled_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index endpoints_of_account on endpoints (account_id, created_at desc, id desc) where deleted_at is null;

-- The free types that an account registered.
create table event_types (
  account_id text not null references accounts (id),
  name text not null,
  description text,
  -- json, not jsonb: kept as written, members in their order.
  schema json,
  sample json,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, name)
);

create table events (
  account_id text not null references accounts (id),
  id text not null default new_id('evt'),
  type text not null,
  -- What JSON.stringify made of the event's data, byte for byte what goes over the wire.
  data text not null,
  -- When it happened (the caller may say so), and when it was accepted here.
  created_at timestamptz not null,
  accepted_at timestamptz not null default now(),
  deliver_at timestamptz,
  selz_token text not null,
  -- Hash of what the caller sent, so that a repeat is told from a conflict.
  content_hash text not null,
  idempotency_key text,
  test boolean not null default false,
  primary key (account_id, id)
);
create unique index events_idempotency_key on events (account_id, idempotency_key) where idempotency_key is not null;
create index events_newest on events (account_id, accepted_at desc, id desc);

-- A row without started_at is the outbox: committed, its workflow not known to be started.
create table deliveries (
  id text primary key default new_id('dlv'),
  account_id text not null,
  event_id text not null,
  endpoint_id text not null references endpoints (id),
  event_type text not null,
  status text not null default 'pending'
    check (status in ('pending', 'delivering', 'retrying', 'held', 'succeeded', 'failed', 'cancelled')),
  reason text check (reason in ('rejected', 'exhausted', 'blocked', 'gone', 'endpoint_deleted')),
  attempt_count int not null default 0,
  last_response_status int,
  next_attempt_at timestamptz,
  -- Set when this delivery was told to keep to a schedule of its own.
  retry_schedule_s int[],
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  resend_of text references deliveries (id),
  started_at timestamptz,
  -- The relay that took the row to start it, until when.
  leased_until timestamptz,
  -- Counts every change, so that a caller can wait for the next one.
  revision int not null default 0,
  foreign key (account_id, event_id) references events (account_id, id)
) with (fillfactor = 80);
create index deliveries_newest on deliveries (account_id, created_at desc, id desc);
create index deliveries_of_endpoint on deliveries (endpoint_id, created_at desc, id desc);
create index deliveries_of_event on deliveries (account_id, event_id);
create index deliveries_outbox on deliveries (created_at) where started_at is null;
create index deliveries_open on deliveries (endpoint_id) where completed_at is null;
create index deliveries_resends on deliveries (resend_of) where resend_of is not null;

-- Signals to running deliveries that a committed change asks for; deleted once sent.
create table signals (
  id bigint generated always as identity primary key,
  delivery_id text not null,
  name text not null,
  args jsonb not null default '{}',
  leased_until timestamptz
);

create table attempts (
  delivery_id text not null references deliveries (id),
  account_id text not null,
  number int not null,
  -- A repeat of the same attempt after a crash counts up; the ones before are `interrupted`.
  try int not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  duration_ms int,
  response_status int,
  error text,
  error_detail text,
  response_headers json,
  response_body text,
  response_truncated boolean,
  -- The step that the workflow was told, for a repeat of the activity.
  step jsonb,
  primary key (delivery_id, number, try)
);

create table api_keys (
  id text primary key default new_id('key'),
  account_id text not null references accounts (id),
  name text not null,
  -- The first characters, to tell keys apart.
  prefix text not null,
  hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_keys_of_account on api_keys (account_id, created_at desc, id desc);

-- Who changed what. `target` is the id of what was changed.
create table audit_log (
  id bigint generated always as identity primary key,
  account_id text not null,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  target text not null,
  details jsonb not null default '{}'
);
create index audit_log_of_target on audit_log (account_id, target, at);

create table inbox_requests (
  id bigint generated always as identity primary key,
  inbox text not null,
  received_at timestamptz not null default now(),
  method text not null,
  query text not null,
  headers json not null,
  body bytea not null,
  delivery_id text,
  verdicts jsonb not null default '{}',
  answered int not null
);
create index inbox_requests_newest on inbox_requests (inbox, id desc);
