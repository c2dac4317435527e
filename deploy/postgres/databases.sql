-- The logins and databases of Posthaste and of its Temporal server, each closed to the other.
-- Run once by a superuser: psql -v ON_ERROR_STOP=1 -f deploy/postgres/databases.sql
-- Reads the passwords from the environment, so that they stand in no command line.
\getenv posthaste_password POSTHASTE_DB_PASSWORD
\getenv temporal_password TEMPORAL_DB_PASSWORD

create role posthaste login password :'posthaste_password';
create database posthaste owner posthaste;
revoke all on database posthaste from public;
-- What its connections work as, so that row-level security keeps accounts apart: one for calls about one account, one
-- for everything else. The tables belong to the login, which only migrates.
create role posthaste_tenant nologin;
create role posthaste_engine nologin;
grant posthaste_tenant, posthaste_engine to posthaste;

create role temporal login password :'temporal_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke all on database temporal, temporal_visibility from public;
