"""What schemathesis cannot know of the API."""

import re

import schemathesis
from schemathesis.generation import GenerationMode

# The rules beyond the schemas, by operation: which fields may be refused for what they mean, or together with others.
RULES = {}

CURSOR = "cursor"


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
    unknown = [place for place in places if not re.fullmatch(RULES.get(operation, CURSOR), place)]
    if unknown:
        raise AssertionError(f"{operation} refused {unknown}: {problem['detail']}")
