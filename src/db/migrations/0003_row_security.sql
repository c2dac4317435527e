-- Up Migration

-- Accounts apart, held by the database itself. No connection of a running process works as the owner of the tables:
-- posthaste_tenant answers an API call about one account, and sees the rows of the account that is set, none when
-- none is; posthaste_engine delivers, sweeps and authenticates, across accounts.

-- Roles belong to the whole server: they may be there, and another database may be making them at this moment.
do $$
declare
  name text;
  may_become text := case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end;
begin
  foreach name in array array['posthaste_tenant', 'posthaste_engine'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    if not pg_has_role(current_user, name, may_become) then
      begin
        execute format('grant %I to current_user', name) || case may_become when 'set' then ' with inherit true, set true' else '' end;
      exception when unique_violation then null;
      end;
    end if;
  end loop;
exception when insufficient_privilege then
  raise exception using errcode = 'insufficient_privilege', message = format(
    'the login "%s" may not make the roles that keep accounts apart; have a superuser run, but for those that are there: '
    'create role posthaste_tenant nologin; create role posthaste_engine nologin; '
    'grant posthaste_tenant, posthaste_engine to %I;', current_user, current_user);
end
$$;

-- Forced: the owner of the tables gets no further than a policy says.
do $$
declare
  name text;
  account_column text;
  -- Empty after an account was taken off again; null is equal to nothing.
  is_its_own constant text := '%2$I = nullif(current_setting(''posthaste.account'', true), '''')';
begin
  foreach name in array array['accounts', 'endpoints', 'event_types', 'events', 'deliveries', 'signals', 'attempts',
    'api_keys', 'audit_log', 'endpoint_health', 'notices', 'recoveries', 'duties', 'inbox_requests'] loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy engine on %I to posthaste_engine using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to posthaste_engine', name);
    -- These two belong to no account.
    continue when name in ('duties', 'inbox_requests');
    account_column := case name when 'accounts' then 'id' else 'account_id' end;
    execute format('create policy tenant on %1$I to posthaste_tenant '
      'using (' || is_its_own || ') with check (' || is_its_own || ')', name, account_column);
  end loop;
end
$$;

grant usage on schema public to posthaste_tenant, posthaste_engine;
grant execute on function new_id(text) to posthaste_tenant, posthaste_engine;

-- What is written down of a change stays as it was written, until its time is over.
revoke update on audit_log from posthaste_engine;

-- What the calls of the API do, and no more: events, deliveries and attempts are made by the engine.
grant select, insert on accounts, endpoints, event_types, deliveries, api_keys, audit_log, recoveries to posthaste_tenant;
grant select on events, attempts, endpoint_health to posthaste_tenant;
grant insert on signals to posthaste_tenant;
grant update on endpoints, event_types, deliveries, api_keys, recoveries to posthaste_tenant;
grant update (name, retention_days, payload_retention_days) on accounts to posthaste_tenant;
grant update (data, expunged_at) on events to posthaste_tenant;
grant update (response_headers, response_body, response_truncated) on attempts to posthaste_tenant;
grant delete on event_types, endpoint_health to posthaste_tenant;
