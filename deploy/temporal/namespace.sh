#!/bin/sh
# Makes the namespace unless it is there. Reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and RETENTION (how long
# Temporal keeps the history of a finished delivery, like 7d).
set -eu

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 && exit 0
temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
