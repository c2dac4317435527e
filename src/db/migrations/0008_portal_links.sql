-- Up Migration

-- Links that open the console for one account, and end by themselves. A row is a token that works: one that is ended is
-- deleted at once, one that expired soon after.
create table portal_links (
  id text primary key default new_id('portal'),
  account_id text not null references accounts (id) on delete cascade,
  -- Of the token; it is kept nowhere.
  hash bytea not null unique,
  scopes text[] not null,
  -- How the console looks there; null: as it does for everybody.
  name text,
  color text,
  logo text,
  -- Origins whose pages may show it in a frame.
  allowed_origins text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index portal_links_of_account on portal_links (account_id, created_at desc, id desc);
create index portal_links_expired on portal_links (expires_at);

alter table portal_links enable row level security, force row level security;
create policy engine on portal_links to posthaste_engine using (true) with check (true);
create policy tenant on portal_links to posthaste_tenant
  using (account_id = nullif(current_setting('posthaste.account', true), ''))
  with check (account_id = nullif(current_setting('posthaste.account', true), ''));
grant select, insert, update, delete on portal_links to posthaste_engine;
grant select, insert, delete on portal_links to posthaste_tenant;
