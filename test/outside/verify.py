"""Says of each message on stdin what the libraries from PyPI say of it."""

import base64
import json
import sys

import standardwebhooks
import svix.webhooks

LIBRARIES = {
    "standardwebhooks": standardwebhooks.Webhook,
    "svix": svix.webhooks.Webhook,
}


def verdict(webhook_class, message):
    try:
        webhook_class(message["secret"]).verify(base64.b64decode(message["body"]), message["headers"])
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "verified"


messages = json.load(sys.stdin)
json.dump(
    {name: [verdict(webhook_class, message) for message in messages] for name, webhook_class in LIBRARIES.items()},
    sys.stdout,
)
