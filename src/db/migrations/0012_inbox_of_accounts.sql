-- Up Migration

-- What an account's deliveries brought to the built-in inbox is shown to that account, too. Whatever else came there
-- belongs to none, and no account sees it. At most 2000 rows are kept of all inboxes: they need no further index.
alter table inbox_requests
  add column account_id text references accounts (id),
  -- The type that the body names, so that a list need not read bodies.
  add column event text;

create policy tenant on inbox_requests to posthaste_tenant
  using (account_id = nullif(current_setting('posthaste.account', true), ''))
  with check (account_id = nullif(current_setting('posthaste.account', true), ''));
grant select on inbox_requests to posthaste_tenant;
