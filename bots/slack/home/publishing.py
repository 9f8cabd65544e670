"""Putting the home page before a person: what it shows is read anew each time, so any opening makes it right (S23)."""

import asyncio
from collections import OrderedDict
from typing import Any, Final

import structlog

from bots.chat.usage import usage_of
from bots.courier import TryLater, Unreachable
from bots.slack.home.page import MOST_IMAGES, Sheet, Shown, view
from bots.slack.parts import Parts
from bots.slack.people import Person, person_or_nobody
from bots.slack.problems import Refused, reaching
from bots.slack.where import file_key, requester_of, split_message, tenant_of
from bots.slack.workspaces import NotInstalled, Workspace
from generator.scene import Notice
from storage.errors import StorageError
from storage.gallery import GalleryQuery
from storage.records import GenerationRecord

MOST_LINKS: Final = 5_000
INVALID: Final = frozenset({"invalid_blocks", "invalid_blocks_format", "invalid_arguments"})
PASSED_OVER: Final = (TryLater, Unreachable, Refused, NotInstalled, StorageError)
"""What a page that is shown at the next opening anyway need not insist on."""

log = structlog.get_logger(__name__)


class Home:
    """Publishes home pages."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._links: OrderedDict[str, str] = OrderedDict()

    async def publish(
        self,
        team: str,
        enterprise: str | None,
        user: str,
        *,
        said: tuple[Notice, ...] = (),
        seen: str | None = None,
    ) -> None:
        """Show a person their page; what hinders it is logged.

        Args:
            team: Their workspace.
            enterprise: Its organization.
            user: Whose page.
            said: What has just happened.
            seen: The ``hash`` of the page that is to be replaced. If there is another by now it is as new as this one
                and stays; without it this one replaces whatever there is.
        """
        try:
            workspace = await self._parts.workspaces.find(team, enterprise)
            person = await person_or_nobody(workspace, user)
            sheet = await self._sheet(workspace, user, person, said)
            try:
                await _publish(workspace, user, view(sheet), seen)
            except Refused as exc:
                if exc.code not in INVALID or not any(shown.file for shown in sheet.images):
                    raise
                log.info("home_without_pictures")
                await _publish(workspace, user, view(sheet, pictures=False), seen)
        except PASSED_OVER as exc:
            if not (isinstance(exc, Refused) and exc.code == "hash_conflict"):
                log.warning("home_not_published", error=str(exc) if isinstance(exc, Refused) else type(exc).__name__)

    async def _sheet(self, workspace: Workspace, user: str, person: Person, said: tuple[Notice, ...]) -> Sheet:
        app = self._parts.desk.app
        tenant, requester = tenant_of(workspace.team), requester_of(workspace.team, user)
        images = await app.records.gallery(
            GalleryQuery(tenant=tenant, requester=requester, viewer=requester, limit=MOST_IMAGES)
        )
        return Sheet(
            locale=person.locale,
            usage=await usage_of(app, tenant, requester),
            images=tuple(await asyncio.gather(*(self._shown(workspace, image) for image in images))),
            tenant=await app.chats.tenant(tenant) if person.admin else None,
            engine=app.settings.engine.kind,
            said=said,
        )

    async def _shown(self, workspace: Workspace, image: GenerationRecord) -> Shown:
        chats = self._parts.desk.app.chats
        prefix = file_key(workspace.team, "")
        keys = [record.key for record in await chats.files_of(image.id) if record.key.startswith(prefix)]
        post = await chats.post(image.job)
        message = None if post is None or post.state == "dropped" else post.message
        return Shown(
            image=image,
            file=keys[0].removeprefix(prefix) if keys else None,
            link=None if message is None else await self._link(workspace, message),
        )

    async def _link(self, workspace: Workspace, message: str) -> str | None:
        """The address of a message, which never changes; None if Slack does not tell it."""
        if (known := self._links.get(message)) is not None:
            return known
        link = await permalink(workspace, message)
        if link is not None:
            self._links[message] = link
            if len(self._links) > MOST_LINKS:
                self._links.popitem(last=False)
        return link


async def permalink(workspace: Workspace, message: str) -> str | None:
    """The address of a message by its key; None if Slack does not tell it."""
    try:
        _, channel, ts = split_message(message)
        async with reaching():
            response = await workspace.client.chat_getPermalink(channel=channel, message_ts=ts)
    except (ValueError, TryLater, Unreachable, Refused):
        return None
    link = response.get("permalink")
    return link if isinstance(link, str) else None


async def _publish(workspace: Workspace, user: str, page: dict[str, Any], seen: str | None) -> None:
    more = {} if seen is None else {"hash": seen}
    async with reaching():
        await workspace.client.views_publish(user_id=user, view=page, **more)
