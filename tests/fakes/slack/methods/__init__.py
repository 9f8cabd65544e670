"""The Web API's methods, by name."""

from tests.fakes.slack.methods import apps, chat, conversations, files, people, views
from tests.fakes.slack.methods.call import Call, Method

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Call", "Method"]
