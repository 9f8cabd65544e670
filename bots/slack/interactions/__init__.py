"""What people do besides writing: buttons, forms, /imagine, shortcuts. Each is acknowledged first (platforms S1)."""

from slack_bolt.app.async_app import AsyncApp

from bots.slack.interactions import buttons, imagine, message_shortcuts, submissions
from bots.slack.parts import Parts

__all__ = ["install"]


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to all of it."""
    for handlers in (buttons, submissions, imagine, message_shortcuts):
        handlers.install(app, parts)
