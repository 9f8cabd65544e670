"""People's files from Slack: with the bot's token, which no other server gets, and bounded (platforms S16).

A file's address alone shows nothing, so it may be kept. Who may not read files gets Slack's login page instead.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import aiohttp
import yarl
from slack_sdk.web.async_client import AsyncWebClient

from bots.chat.downloads import Gone, TooMuch, is_from, read_file
from bots.chat.gathering import Problem
from bots.courier import TryLater, Unreachable
from bots.slack.parse import reference
from bots.slack.problems import Refused, reaching
from bots.slack.workspaces import Workspace
from generator.scene import Notice
from moderation.intake import MAX_BYTES
from storage.chats import AttachmentRef

__all__ = ["Downloads", "Gone", "NotReadable", "TooMuch", "fetch_file", "is_allowed"]

HOSTS: Final = frozenset({"files.slack.com"})
TOTAL_SECONDS: Final = 60.0
CONNECT_SECONDS: Final = 10.0
MOST_REDIRECTS: Final = 3
_PAGE: Final = (b"<!doctype html", b"<html")


class NotReadable(Exception):
    """Slack shows its login page: the app may not read files there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came: bytes, or another address to ask."""

    data: bytes = b""
    moved_to: str | None = None


def is_allowed(url: str, api_url: str | None) -> bool:
    """Whether the bot's token may be sent there.

    Args:
        url: As Slack gave it.
        api_url: The setting ``slack.api_url``, None for Slack's own.
    """
    return is_from(url, HOSTS, api_url)


class Downloads:
    """Fetches files.

    Args:
        api_url: As configured.
        most: Bytes of a file.
    """

    def __init__(self, api_url: str | None, most: int = MAX_BYTES) -> None:
        self._api_url = api_url
        self._most = most

    async def fetch(self, client: AsyncWebClient, url: str) -> bytes:
        """The bytes behind an address.

        Args:
            client: Of the workspace: its token, and how it reaches Slack.
            url: ``url_private_download`` of a file.

        Raises:
            Gone: Nothing is there, or it is not a place to fetch from.
            TooMuch: More than allowed; no more than that was read.
            NotReadable: The bot may not read files.
            TryLater: Slack does not answer now.
        """
        for _ in range(1 + MOST_REDIRECTS):
            if not is_allowed(url, self._api_url):
                raise Gone
            answer = await self._ask(client, url)
            if answer.moved_to is None:
                return answer.data
            if not is_allowed(answer.moved_to, self._api_url):
                raise NotReadable  # to the login page of the workspace, without the token
            url = answer.moved_to
        raise Gone

    async def _ask(self, client: AsyncWebClient, url: str) -> _Answer:
        timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session,
                session.get(
                    yarl.URL(url),
                    headers={"Authorization": f"Bearer {client.token}"},
                    allow_redirects=False,
                    proxy=client.proxy,
                    ssl=client.ssl or True,
                ) as response,
            ):
                return await self._read(response)
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError, ValueError):
            # The message of the exception may hold the address.
            raise TryLater from None

    async def _read(self, response: aiohttp.ClientResponse) -> _Answer:
        target = response.headers.get("Location")
        if response.status in (301, 302, 303, 307, 308) and target is not None:
            return _Answer(moved_to=str(response.url.join(yarl.URL(target))))
        if response.status == 200 and response.content_type == "text/html":
            raise NotReadable
        data = await read_file(response, self._most)
        if data[:64].lstrip().lower().startswith(_PAGE):
            raise NotReadable
        return _Answer(data=data)


async def fetch_file(downloads: Downloads, workspace: Workspace, file: AttachmentRef) -> bytes:
    """The bytes of a file that somebody showed; Slack is asked for its address if it is not known or does not work.

    Raises:
        Gone: It was deleted, or the bot cannot see it.
        TooMuch: More than allowed.
        Problem: The bot may not read files; says so.
        TryLater: Slack does not answer now.
    """
    try:
        if file.url:
            try:
                return await downloads.fetch(workspace.client, file.url)
            except Gone:
                pass
        return await downloads.fetch(workspace.client, await _address(workspace, file))
    except NotReadable:
        raise Problem(Notice(key="slack-files-not-readable", args={"name": file.name})) from None


async def _address(workspace: Workspace, file: AttachmentRef) -> str:
    """Where a file is now, as Slack says.

    Raises:
        Gone: Nowhere.
        NotReadable: Slack does not say it, because the bot may not read files.
        TryLater: Slack does not answer now.
    """
    try:
        async with reaching():
            answer = await workspace.client.files_info(file=file.id)
    except Refused:
        raise Gone from None
    except Unreachable:
        raise NotReadable from None
    told = answer.get("file")
    fresh = reference(told) if isinstance(told, dict) else None
    if fresh is None or not fresh.url:
        raise Gone
    return fresh.url
