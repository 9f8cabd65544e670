"""The app's home in Slack: usage, newest images, the workspace's settings, and everything about a person's data (S23)."""

from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp

from bots.slack.agent import MESSAGES_TAB
from bots.slack.home import privacy, settings
from bots.slack.home.page import REFRESH
from bots.slack.home.publishing import Home
from bots.slack.parts import Parts
from bots.slack.people import who

HOME_TAB: Final = "home"


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to the opening of the page and to what is pressed on it."""
    home = Home(parts)

    async def is_no_messages(event: dict[str, Any]) -> bool:
        return event.get("tab") != MESSAGES_TAB

    async def opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab") != HOME_TAB:
            return
        team, enterprise, user = str(body["team_id"]), body.get("enterprise_id"), str(event["user"])
        view = event.get("view")
        seen = view.get("hash") if isinstance(view, dict) else None
        parts.later(lambda: home.publish(team, enterprise, user, seen=seen if isinstance(seen, str) else None))

    async def refreshed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        team, enterprise, user = who(body)
        parts.later(lambda: home.publish(team, enterprise, user))

    app.event("app_home_opened", matchers=[is_no_messages])(opened)
    app.action(REFRESH)(refreshed)
    settings.install(app, parts, home)
    privacy.install(app, parts, home)
