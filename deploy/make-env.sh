#!/bin/sh
# Writes .env beside docker-compose.yml: every secret that it asks for, made at random. An existing .env stays.
set -eu
cd "$(dirname "$0")/.."

if [ -e .env ]; then
  echo "make-env: .env exists and stays as it is: its passwords and keys may be in use" >&2
  exit 1
fi

# Letters and digits only: the passwords become part of a URL.
hex() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
base64_key() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }

umask 077
# noclobber: of two that run at once, one writes.
set -C
cat >.env <<END
POSTGRES_PASSWORD=$(hex)
POSTHASTE_DB_PASSWORD=$(hex)
TEMPORAL_DB_PASSWORD=$(hex)
POSTHASTE_API_KEY=ph_$(hex)
POSTHASTE_ENCRYPTION_KEYS=k1:$(base64_key)
END
echo "Wrote .env, readable by you alone. Keep a copy apart from the database's backups:"
echo "without POSTHASTE_ENCRYPTION_KEYS the endpoints' secrets in them cannot be read."
