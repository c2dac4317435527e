-- Up Migration

-- Listeners: temporary endpoints whose deliveries come back to the product, which holds each until a client that listens
-- has answered it. Everything here is gone minutes later: a row of a request is there while somebody waits for its answer.

create table listeners (
  id text primary key default new_id('lsn'),
  account_id text not null references accounts (id),
  endpoint_id text not null references endpoints (id),
  -- Of the token in the endpoint's URL.
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  -- The stream that reads it; who comes later takes the place. Null: none.
  reader text,
  -- Until when somebody is taken to read it: a while ahead while they do, a moment longer once they have gone.
  read_until timestamptz not null default now()
);
create index listeners_of_account on listeners (account_id);
create index listeners_of_endpoint on listeners (endpoint_id);
create index listeners_unread on listeners (read_until);

-- Requests that are held.
create table listener_requests (
  id text primary key default new_id('lrq'),
  account_id text not null,
  listener_id text not null references listeners (id) on delete cascade,
  delivery_id text not null,
  attempt int not null,
  method text not null,
  headers jsonb not null,
  body bytea not null,
  came_at timestamptz not null default now(),
  -- The reader that it was sent to.
  sent_to text,
  answered_at timestamptz,
  -- Null: whoever answered had no answer, and says why in the body.
  status int,
  answer_headers jsonb,
  answer_body bytea
);
create index listener_requests_of_listener on listener_requests (listener_id, id);
create index listener_requests_oldest on listener_requests (came_at);

do $$
declare
  name text;
begin
  foreach name in array array['listeners', 'listener_requests'] loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy engine on %I to posthaste_engine using (true) with check (true)', name);
    execute format('create policy tenant on %I to posthaste_tenant '
      'using (account_id = nullif(current_setting(''posthaste.account'', true), '''')) '
      'with check (account_id = nullif(current_setting(''posthaste.account'', true), ''''))', name);
    execute format('grant select, insert, update, delete on %I to posthaste_engine', name);
  end loop;
end
$$;
grant select, insert, update (reader, read_until), delete on listeners to posthaste_tenant;
grant select, update (sent_to, answered_at, status, answer_headers, answer_body) on listener_requests to posthaste_tenant;
