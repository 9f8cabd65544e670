"""A person's data: everything as a file in their direct messages, or its deletion once they confirm it in a form."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import structlog
from slack_bolt.app.async_app import AsyncApp

from bots.chat.privacy import STAYS, erased_lines, export_archive
from bots.replies import say
from bots.slack.home.page import ERASE, EXPORT, LONGEST_TEXT, plain
from bots.slack.home.publishing import PASSED_OVER, Home
from bots.slack.layout import Block, escaped
from bots.slack.parts import Parts
from bots.slack.people import locale_of, who
from bots.slack.placing import direct_channel
from bots.slack.problems import reaching
from bots.slack.sweeping import remove
from bots.slack.takedown import take_down
from bots.slack.uploading import send_file
from bots.slack.where import requester_of, tenant_of
from bots.slack.workspaces import Workspace
from generator.scene import Notice
from moderation.types import Locale
from storage.errors import UnknownJob
from storage.gallery import MAX_IMAGES, GalleryQuery
from storage.records import GenerationRecord

CALLBACK: Final = "home_erase"
FILE: Final = "threadbrush-data.zip"
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of a file with somebody's data: it is put together in memory."""

MOST_DELETED: Final = 500
"""Answers whose messages are deleted with somebody's data."""

UNPACED: Final = 20
PACE_SECONDS: Final = 1.3
"""Between the deletions after the first few: chat.delete is tier 3, fifty a minute (platforms S24)."""

log = structlog.get_logger(__name__)


class Privacy:
    """What people may have done with their data."""

    def __init__(self, parts: Parts, home: Home) -> None:
        self._parts = parts
        self._home = home
        self._busy: set[str] = set()

    async def export(self, team: str, enterprise: str | None, user: str) -> None:
        """Send a person everything that is kept of them; one file at a time."""
        requester = requester_of(team, user)
        if requester in self._busy:
            return
        self._busy.add(requester)
        try:
            await self._home.publish(team, enterprise, user, said=(Notice(key="slack-home-exporting"),))
            sent = await self._send(team, enterprise, user)
        except PASSED_OVER as exc:
            log.warning("data_not_sent", error=type(exc).__name__)
            sent = Notice(key="slack-home-export-failed")
        finally:
            self._busy.discard(requester)
        await self._home.publish(team, enterprise, user, said=() if sent is None else (sent,))

    async def _send(self, team: str, enterprise: str | None, user: str) -> Notice | None:
        """Why nothing was sent; None if it was."""
        workspace = await self._parts.workspaces.find(team, enterprise)
        archive = await export_archive(self._parts.desk.app, requester_of(team, user), MOST_BYTES)
        if len(archive) > MOST_BYTES:
            return Notice(key="export-too-large")
        channel = await direct_channel(workspace, user)
        words = say(Notice(key="export-done"), await locale_of(workspace, user))
        await send_file(workspace, FILE, archive, "application/zip", channel=channel, words=escaped(words))
        return None

    async def erase(self, team: str, enterprise: str | None, user: str) -> None:
        """Stop what runs, take our posts and files down, then delete: with the records it is forgotten which they were.

        Should the bot stop in between, nothing is lost: the person presses the button again.
        """
        requester = requester_of(team, user)
        if requester in self._busy:
            return
        self._busy.add(requester)
        try:
            await self._home.publish(team, enterprise, user, said=(Notice(key="slack-home-erasing"),))
            said = await self._erase(team, enterprise, user)
        except PASSED_OVER as exc:
            log.error("data_not_deleted", error=type(exc).__name__)  # noqa: TRY400 - its text may be long
            said = (Notice(key="slack-home-erase-failed"),)
        finally:
            self._busy.discard(requester)
        await self._home.publish(team, enterprise, user, said=said)

    async def _erase(self, team: str, enterprise: str | None, user: str) -> tuple[Notice, ...]:
        app, session, requester = self._parts.desk.app, self._parts.desk.session, requester_of(team, user)
        running = [job.id for job in await app.records.unfinished_jobs_of(requester=requester)]
        for job in running:
            try:
                await session.cancel(job)
            except UnknownJob:
                continue
        posts = await app.chats.posts_of(requester)
        clean = await self._take_down(team, enterprise, user)
        await app.records.erase_everywhere(requester, app.blobs)
        try:
            # The durable engine keeps what its jobs were given, which are the person's words.
            await session.forget(tuple({*running, *(post.job for post in posts)}))
        except RuntimeError:
            log.info("workflows_forgotten_later")  # the line runs in another process, which forgets within the hour
        return erased_lines() if clean else (*erased_lines(), Notice(key="slack-home-erase-left"))

    async def _take_down(self, team: str, enterprise: str | None, user: str) -> bool:
        """Delete our posts of the person's images, newest first, and files with their data; False if some are left."""
        requester = requester_of(team, user)
        posts = [post for post in await self._parts.desk.app.chats.posts_of(requester) if post.message is not None]
        try:
            workspace = await self._parts.workspaces.find(team, enterprise)
        except PASSED_OVER:
            return not posts
        try:
            await _exports_removed(workspace, user, self._parts.desk.app.settings.slack.history_limit)
        except PASSED_OVER as exc:
            log.info("exports_not_removed", error=type(exc).__name__)
        images: dict[str, list[GenerationRecord]] = defaultdict(list)
        for image in await self._images(team, requester):
            images[image.job].append(image)
        newest = sorted(posts, key=lambda post: post.created_at, reverse=True)
        clean = len(newest) <= MOST_DELETED
        for number, post in enumerate(newest[:MOST_DELETED]):
            if number >= UNPACED:
                await asyncio.sleep(PACE_SECONDS)
            clean &= await take_down(self._parts, workspace, images[post.job], [post])
        return clean

    async def _images(self, team: str, requester: str) -> Sequence[GenerationRecord]:
        found: list[GenerationRecord] = []
        while True:
            before = found[-1].id if found else None
            page = await self._parts.desk.app.records.gallery(
                GalleryQuery(
                    tenant=tenant_of(team), requester=requester, viewer=requester, limit=MAX_IMAGES, before=before
                )
            )
            found += page
            if len(page) < MAX_IMAGES:
                return found


def install(app: AsyncApp, parts: Parts, home: Home) -> None:
    """Listen to the buttons about a person's data, and to the form that confirms a deletion."""
    privacy = Privacy(parts, home)

    async def export(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        team, enterprise, user = who(body)
        parts.later(lambda: privacy.export(team, enterprise, user))

    async def erase(ack: Any, body: dict[str, Any]) -> None:
        team, enterprise, user = who(body)
        opened = await _open(parts, body, warning)
        await ack()
        if not opened:
            said = (Notice(key="slack-form-not-opened"),)
            parts.later(lambda: home.publish(team, enterprise, user, said=said))

    async def confirmed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        team, enterprise, user = who(body)
        parts.later(lambda: privacy.erase(team, enterprise, user))

    app.action(EXPORT)(export)
    app.action(ERASE)(erase)
    app.view(CALLBACK)(confirmed)


async def _open(parts: Parts, body: dict[str, Any], form: Callable[[Locale], Block]) -> bool:
    """Whether Slack opened a form while the trigger lived."""
    team, enterprise, user = who(body)
    try:
        workspace = await parts.workspaces.find(team, enterprise)
        view = form(await locale_of(workspace, user))
        async with reaching():
            await workspace.client.views_open(trigger_id=str(body["trigger_id"]), view=view)
    except PASSED_OVER as exc:
        log.warning("form_not_opened", error=type(exc).__name__)
        return False
    return True


async def _exports_removed(workspace: Workspace, user: str, limit: int) -> None:
    """Delete the newest files with a person's data that we sent them.

    Raises:
        TryLater, Unreachable, Refused: Slack does not let us.
    """
    channel = await direct_channel(workspace, user)
    async with reaching():
        page = await workspace.client.conversations_history(channel=channel, limit=limit)
    for ts, file in _exports_in(page.get("messages"), workspace):
        async with reaching():
            await workspace.client.files_delete(file=file)
        await remove(workspace, channel, ts)


def _exports_in(messages: Any, workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Our messages with such a file: their ``ts`` and the file's id."""
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, dict) or message.get("user") != workspace.bot_user:
            continue
        files, ts = message.get("files"), message.get("ts")
        for file in files if isinstance(files, list) else ():
            if isinstance(file, dict) and file.get("name") == FILE and isinstance(file.get("id"), str):
                yield str(ts), file["id"]


def warning(locale: Locale) -> Block:
    """What will be deleted and what stays, before it is confirmed."""
    lines = [say(Notice(key=key), locale) for key in ("slack-erase-warning", *STAYS)]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain(say(Notice(key="slack-erase-title"), locale), 24),
        "submit": plain(say(Notice(key="slack-erase-submit"), locale), 24),
        "close": plain(say(Notice(key="slack-form-close"), locale), 24),
        "blocks": [{"type": "section", "text": plain("\n".join(lines), LONGEST_TEXT)}],
    }
