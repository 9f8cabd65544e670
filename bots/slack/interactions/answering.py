"""What only one person is told: beside the message they used, by the address that came with it, or directly.

People's words are escaped, so that they mention and link nothing (platforms S20); our own may be bold.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import structlog

from bots.chat.provenance_words import Spelling
from bots.courier import TryLater, Unreachable
from bots.logs import raised_at
from bots.replies import say
from bots.slack.interactions.callers import Caller, workspace_of
from bots.slack.layout import Block, escaped
from bots.slack.parts import Parts
from bots.slack.placing import direct_channel
from bots.slack.problems import Refused, reaching
from bots.slack.workspaces import NotInstalled, Workspace
from generator.scene import Notice
from moderation.types import Locale
from storage.errors import StorageError

LONGEST_SECTION: Final = 2900  # characters; Slack takes 3,000
MOST_SECTIONS: Final = 8
LONGEST_FALLBACK: Final = 2900
SECONDS: Final = aiohttp.ClientTimeout(total=15)
HOSTS: Final = (".slack.com", ".slack-gov.com")

_BOLD: Final = re.compile(r"\*\*([^*\n]{1,500})\*\*")
_BROKEN: Final = re.compile(r"&[a-z]{0,4}$")
_USER: Final = re.compile(r"[UW][A-Z0-9]{1,40}")

log = structlog.get_logger(__name__)


def mention(requester: str) -> str:
    """A requester as Slack shows it; in an answer that one person sees it pings nobody."""
    user = requester.rpartition(":")[2]
    return f"<@{user}>" if _USER.fullmatch(user) else "?"


SPELLING: Final = Spelling(requester=mention, words=escaped)


def said(lines: Iterable[Notice], locale: Locale) -> list[str]:
    """Notices as lines of Slack's own markup. What they quote is escaped already (``SPELLING``)."""
    return [marked(say(line, locale)) for line in lines]


def marked(words: str) -> str:
    """Our words with what is bold in them written as Slack writes it."""
    return _BOLD.sub(r"*\1*", words)


def sections(lines: Sequence[str]) -> list[Block]:
    """The lines as blocks, as many as fit."""
    texts: list[str] = []
    for line in lines:
        words = cut(line, LONGEST_SECTION)
        if texts and len(texts[-1]) + len(words) < LONGEST_SECTION:
            texts[-1] += f"\n{words}"
        else:
            texts.append(words)
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for text in texts[:MOST_SECTIONS]
        if text.strip()
    ]


def message(lines: Sequence[str]) -> dict[str, Any]:
    """The lines as text and blocks of a message."""
    return {"text": cut("\n".join(lines), LONGEST_FALLBACK) or "…", "blocks": sections(lines)}


def cut(markup: str, longest: int) -> str:
    """Markup of at most so many characters, not ending within what stands for a character."""
    return markup if len(markup) <= longest else f"{_BROKEN.sub('', markup[: longest - 1])}…"


async def tell(parts: Parts, caller: Caller, lines: Sequence[str]) -> None:
    """Tell only them; best effort, never raises.

    In a thread beside the message; else by the address that came with the interaction, which works where the bot is no
    member, too; else in their direct messages with the bot.
    """
    try:
        workspace = await workspace_of(parts, caller)
        told = message(lines)
        for way in _ways(caller):
            if await way(workspace, caller, told):
                return
        log.warning("not_told", team=caller.team)
    except (TryLater, NotInstalled, StorageError) as exc:
        log.warning("not_told", error=type(exc).__name__)


async def tell_notices(parts: Parts, caller: Caller, locale: Locale, *notices: Notice) -> None:
    """Tell only them; best effort."""
    await tell(parts, caller, said(notices, locale))


async def guarded(parts: Parts, caller: Caller, locale: Locale, work: Callable[[], Awaitable[None]]) -> None:
    """Do what goes on after the acknowledgement; whoever waits for it gets a number if it breaks, and the log the reason."""
    try:
        await work()
    except Exception as exc:  # noqa: BLE001 - whatever it is, the person is told and the log has it
        reference = secrets.token_hex(4)
        reason = {"error": type(exc).__name__, "at": raised_at(exc)}
        log.error("handler_failed", reference=reference, **reason)  # noqa: TRY400 - its text may be somebody's words
        await tell_notices(parts, caller, locale, Notice(key="handler-failed", args={"reference": reference}))


Way = Callable[[Workspace, Caller, dict[str, Any]], Awaitable[bool]]


def _ways(caller: Caller) -> tuple[Way, ...]:
    return (_beside, _respond, _directly) if caller.is_in_thread else (_respond, _beside, _directly)


async def _beside(workspace: Workspace, caller: Caller, told: dict[str, Any]) -> bool:
    """In the channel or thread, where the bot must be a member."""
    if caller.channel is None:
        return False
    more: dict[str, Any] = {"thread_ts": caller.thread} if caller.is_in_thread else {}
    try:
        async with reaching():
            await workspace.client.chat_postEphemeral(
                channel=caller.channel, user=caller.user, parse="none", **told, **more
            )
    except (Refused, Unreachable):
        return False
    return True


async def _respond(workspace: Workspace, caller: Caller, told: dict[str, Any]) -> bool:
    """By the address that came with the interaction; to Slack only."""
    url = caller.response_url
    if url is None or not is_slack(url, workspace.client.base_url):
        return False
    body = {**told, "response_type": "ephemeral", "replace_original": False}
    client = workspace.client
    try:
        async with (
            aiohttp.ClientSession(timeout=SECONDS) as session,
            session.post(url, json=body, allow_redirects=False, proxy=client.proxy, ssl=client.ssl or True) as answer,
        ):
            return answer.status == 200
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False


async def _directly(workspace: Workspace, caller: Caller, told: dict[str, Any]) -> bool:
    try:
        channel = await direct_channel(workspace, caller.user)
        async with reaching():
            await workspace.client.chat_postMessage(
                channel=channel, parse="none", unfurl_links=False, unfurl_media=False, **told
            )
    except (Refused, Unreachable):
        return False
    return True


def is_slack(url: str, base_url: str) -> bool:
    """Whether an address is Slack's, or that of the server which stands for it.

    Args:
        url: As an interaction brought it.
        base_url: Of the Web API.
    """
    try:
        target, own = urlsplit(url), urlsplit(base_url)
        host, port = target.hostname or "", target.port
    except ValueError:
        return False
    if (target.scheme, target.netloc) == (own.scheme, own.netloc):
        return True
    return target.scheme == "https" and port in (None, 443) and "@" not in target.netloc and host.endswith(HOSTS)
