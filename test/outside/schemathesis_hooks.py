"""What schemathesis cannot know of the API."""

import re
import time

import schemathesis
from schemathesis.generation import GenerationMode

# What may be refused although the schema allows it: fields for what they mean or for what stands beside them, or, where
# no field is wrong, a code. Text anywhere may hold a NUL, which PostgreSQL cannot keep.
RULES = {
    "putAccount": "/(name|retentionDays|payloadRetentionDays)",
    "createEndpoint": "/(url|events/[0-9]+|secret|description)|/headers(/.*)?|too_many_endpoints",
    "createListener": "/(events/[0-9]+|description)|too_many_endpoints|too_many_listeners",
    "updateEndpoint": "/(url|events/[0-9]+|secret|description)|/headers(/.*)?",
    "rotateEndpointSecret": "/secret",
    "testEndpoint": "/event|/data(/.*)?",
    "sendEvent": "/data(/.*)?|/createdAt|/deliverAt|reserved_event_type",
    "checkEvent": "/data(/.*)?|/createdAt|/deliverAt|reserved_event_type",
    "getOverview": "since|until",
    "createPortalLink": "/(allowedOrigins/[0-9]+|name|color|logo|scopes(/[0-9]+)?|expiresIn)|too_many_portal_links",
    "rescheduleDelivery": "/nextAttemptAt",
    "recoverEndpoint": "/(since|until)",
    "createKey": "/(name|expiresAt)",
    "putEventType": "/description|/(schema|sample)(/.*)?|reserved_event_type|too_many_event_types",
}
# Every list takes only cursors that it gave.
ELSEWHERE = "cursor"

SUCCEEDED = set()


@schemathesis.check
def refusals_are_told_rules(ctx, response, case):
    """A request that its schema allows is refused for a rule that is known here, and the answer names the field."""
    if response.status_code not in (400, 422) or case.meta is None:
        return
    if case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    problem = response.json()
    places = [error.get("pointer", error.get("parameter")) for error in problem.get("errors", [])] or [problem["code"]]
    operation = case.operation.definition.raw["operationId"]
    unknown = [place for place in places if not re.fullmatch(RULES.get(operation, ELSEWHERE), place, re.DOTALL)]
    if unknown:
        raise AssertionError(f"{operation} refused {unknown}: {problem['detail']}")


@schemathesis.hook
def after_call(context, case, response):
    """The first success of a call is followed by two tries without a valid key: from 20 a second on the answer to
    those is 429 instead of 401."""
    if response.status_code < 300 and case.operation.label not in SUCCEEDED:
        SUCCEEDED.add(case.operation.label)
        time.sleep(0.2)
