"""Completing an order from Slack: its thread's history and its files, by what Slack offers for them."""

from contextlib import suppress
from typing import Final

from bots.chat.gathering import Gathering, Turns, Wanted
from bots.courier import TryLater, Unreachable
from bots.order import Order
from bots.slack.downloads import Downloads, fetch_file
from bots.slack.history import History
from bots.slack.parts import Parts
from bots.slack.people import person_of
from bots.slack.problems import Refused
from bots.slack.where import requester_of, where
from bots.slack.workspaces import NotInstalled, Workspace
from generator.scene import Notice

MOST_NAMED: Final = 10
"""People of a thread whose names are asked for at once."""


class Gatherer:
    """What a courier's ``gather`` does (and ``bots.chat.gathering.Platform``)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._history = History(parts)
        self._downloads = Downloads(parts.desk.app.settings.slack.api_url)
        self._gathering = Gathering(parts.desk, self)

    async def gather(self, order: Order) -> Order:
        """The order with the turns before it and its files staged; ``problem`` set if one of them cannot be had.

        Raises:
            TryLater: Slack or the database does not answer now, or Slack asks for patience.
            Unreachable: The app was removed there.
        """
        return await self._gathering.complete(order)

    async def up_to(self, order: Order) -> Turns:
        """What was said up to an order."""
        at = where(order)
        workspace = await self._workspace(order)
        earlier, newest = await self._history.up_to(order, at, workspace)
        await self._learn_names(workspace, tuple(dict.fromkeys(turn.author for turn in reversed(earlier))))
        return earlier, newest

    async def fetch(self, order: Order, wanted: Wanted) -> bytes:
        """A file of somebody."""
        return await fetch_file(self._downloads, await self._workspace(order), wanted.file)

    def name_of(self, author: str) -> str:
        """What people call somebody."""
        return self._parts.names.get(author, author)

    async def _workspace(self, order: Order) -> Workspace:
        at = where(order)
        try:
            return await self._parts.workspaces.find(at.team, at.enterprise)
        except NotInstalled:
            raise Unreachable(Notice(key="slack-not-allowed")) from None

    async def _learn_names(self, workspace: Workspace, authors: tuple[str, ...]) -> None:
        """People speak of each other by name; what Slack does not say now is done without."""
        prefix = requester_of(workspace.team, "")
        unknown = [
            one for one in authors if one not in self._parts.names and one.startswith((f"{prefix}U", f"{prefix}W"))
        ]
        for author in unknown[:MOST_NAMED]:
            with suppress(TryLater, Unreachable, Refused):
                if name := (await person_of(workspace, author.removeprefix(prefix))).name:
                    self._parts.remember_name(author, name)
