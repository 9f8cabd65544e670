"""What Slack says of a person: their name, their language, whether they administer the workspace."""

import time
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from slack_sdk.web.async_client import AsyncWebClient

from bots.chat.preferences import locale_from
from bots.courier import TryLater, Unreachable
from bots.slack.problems import Refused, reaching
from bots.slack.workspaces import Workspace
from moderation.types import Locale

KNOWN_SECONDS: Final = 60.0
"""For how long an answer holds; rights that were taken away must not last."""

MOST_KEPT: Final = 5_000
LONGEST_NAME: Final = 80

_known: WeakKeyDictionary[AsyncWebClient, dict[tuple[str, str], tuple[float, "Person"]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a workspace.

    Attributes:
        name: As people see it; empty if Slack does not say.
        admin: Whether they own or administer the workspace.
    """

    name: str = ""
    locale: Locale = "en"
    admin: bool = False


async def person_of(workspace: Workspace, user: str) -> Person:
    """What Slack says of a person; asked again after a minute.

    Raises:
        TryLater: Slack cannot be reached.
        Unreachable, Refused: Slack does not say it.
    """
    known, key = _known.setdefault(workspace.client, {}), (workspace.team, user)
    until, person = known.get(key, (0.0, None))
    if person is not None and time.monotonic() < until:
        return person
    async with reaching():
        response = await workspace.client.users_info(user=user, include_locale=True)
    person = read_person(response.get("user"))
    if len(known) >= MOST_KEPT:
        known.clear()
    known[key] = (time.monotonic() + KNOWN_SECONDS, person)
    return person


async def person_or_nobody(workspace: Workspace, user: str) -> Person:
    """What Slack says of a person; where it says nothing, somebody who speaks English and administers nothing."""
    try:
        return await person_of(workspace, user)
    except (TryLater, Unreachable, Refused):
        return Person()


async def locale_of(workspace: Workspace, user: str) -> Locale:
    """A person's language; English where Slack does not say it."""
    return (await person_or_nobody(workspace, user)).locale


def read_person(user: Any) -> Person:
    """A person out of Slack's words, whatever is in them."""
    if not isinstance(user, dict):
        return Person()
    profile = user.get("profile")
    named = profile if isinstance(profile, dict) else {}
    names = (named.get("display_name"), named.get("real_name"), user.get("real_name"), user.get("name"))
    name = next((one for one in names if isinstance(one, str) and one.strip()), "")
    locale = user.get("locale")
    return Person(
        name=" ".join(name.split())[:LONGEST_NAME],
        locale=locale_from(locale if isinstance(locale, str) else None),
        admin=user.get("is_admin") is True or user.get("is_owner") is True,
    )


def who(body: dict[str, Any]) -> tuple[str, str | None, str]:
    """Workspace, organization and person of a press, a shortcut or a form.

    Raises:
        ValueError: It names none.
    """
    user, team, enterprise = (body.get(key) for key in ("user", "team", "enterprise"))
    person = user if isinstance(user, dict) else {}
    name = person.get("id")
    # Where an app is installed for an organization, the workspace may only stand beside the person.
    workspace = (team.get("id") if isinstance(team, dict) else None) or person.get("team_id")
    over = enterprise.get("id") if isinstance(enterprise, dict) else None
    if workspace is None or name is None:
        raise ValueError("nobody did this")
    return str(workspace), None if over is None else str(over), str(name)
