"""From an event of Slack to what it means for the bot. Pure: no I/O, nothing raised, whatever Slack or a person sends."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bots.chat.downloads import claims_image
from bots.conversation import MAX_ATTACHMENTS
from bots.slack.markup import mentioned_users, plain_text
from bots.slack.where import job_of_message, message_key, requester_of, tenant_of
from storage.chats import AttachmentRef, TurnRecord

SPOKEN: Final = (None, "file_share", "thread_broadcast", "me_message", "bot_message")
"""Subtypes of what people, and bots, write; everything else Slack writes by itself, or it tells of a change."""

SLACKBOT: Final = "USLACKBOT"
GONE_MODES: Final = frozenset({"tombstone", "hidden_by_limit"})
"""Of files that were deleted, or that the workspace's plan hides."""

_TEAM: Final = re.compile(r"[TE][A-Z0-9]{1,40}")
_ENTERPRISE: Final = re.compile(r"E[A-Z0-9]{1,40}")
_CHANNEL: Final = re.compile(r"[CGD][A-Z0-9]{1,40}")
_USER: Final = re.compile(r"[UW][A-Z0-9]{1,40}")
_BOT: Final = re.compile(r"B[A-Z0-9]{1,40}")
_FILE: Final = re.compile(r"F[A-Z0-9]{1,40}")
_TS: Final = re.compile(r"[0-9]{1,10}\.[0-9]{1,6}")
_DAWN: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an event belongs.

    Attributes:
        team: The workspace through which it reached us, also where a channel is shared with others.
        enterprise: Its organization, if Slack says it.
        channel: ``C…``, ``G…`` or ``D…``.
    """

    team: str
    channel: str
    enterprise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Who listens.

    Attributes:
        bot_user: What mentions the bot.
        bot_id: Under which its own messages come.
        allowed: Ids of bots whose messages count like a person's.
        names: What people are called, by requester id.
    """

    bot_user: str
    bot_id: str
    allowed: Collection[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message as far as it matters. Ids are Slack's.

    Attributes:
        user: Who wrote it; of a bot that has no user, its ``B…``.
        name: As the event itself says it, which it does for bots only.
        human: Written by a person or by a bot whose messages count (platforms S4).
        channel_type: ``channel``, ``group``, ``im`` or ``mpim``, where Slack says it.
        thread_ts: The first message of its thread; None outside of threads.
        text: Without mentions of the bot; others as ``@name``.
        mentioned: It mentions the bot.
        others: Users it mentions besides.
        files: Those that claim to be images, or nothing.
    """

    team: str
    channel: str
    user: str
    ts: str
    name: str = ""
    human: bool = True
    enterprise: str | None = None
    channel_type: str | None = None
    thread_ts: str | None = None
    text: str = ""
    mentioned: bool = False
    others: tuple[str, ...] = ()
    files: tuple[AttachmentRef, ...] = ()
    edited_at: datetime | None = None
    subtype: str | None = None
    bot_id: str | None = None

    @property
    def direct(self) -> bool:
        """Whether it was said to the bot alone."""
        return self.channel.startswith("D") and self.channel_type in (None, "im")

    @property
    def root(self) -> str:
        """The first message of the thread in which it is answered: its own, or itself (platforms S7)."""
        return self.thread_ts or self.ts

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.root != self.ts

    @property
    def tenant(self) -> str:
        """Whose it is in the records."""
        return tenant_of(self.team)

    @property
    def requester(self) -> str:
        """Its author in the records."""
        return requester_of(self.team, self.user)

    @property
    def key(self) -> str:
        """Key of the message."""
        return message_key(self.team, self.channel, self.ts)

    @property
    def place(self) -> str:
        """Key of its thread."""
        return message_key(self.team, self.channel, self.root)

    @property
    def job(self) -> str:
        """The job that answers it, however many events tell of it (platforms S2, S3)."""
        return job_of_message(self.team, self.channel, self.ts)

    @property
    def sent_at(self) -> datetime:
        """When it was sent."""
        return instant(self.ts)

    @property
    def empty(self) -> bool:
        """Whether it says and shows nothing that can be used."""
        return not self.text and not self.files


def spot_of(body: Mapping[str, Any]) -> Spot | None:
    """Where an event belongs; None if it does not say so.

    Of a channel that is shared with other organizations, or of an installation for a whole organization, the workspace
    is that of the authorization, then the one through which the event came (platforms S21).
    """
    event = _part(body, "event")
    authorizations = body.get("authorizations")
    first: Any = authorizations[0] if isinstance(authorizations, list) and authorizations else None
    given: Mapping[str, Any] = first if isinstance(first, Mapping) else {}
    team = _first(_TEAM, given.get("team_id"), body.get("context_team_id"), body.get("team_id"), event.get("team"))
    channel = event.get("channel")
    channel = _first(_CHANNEL, channel.get("id") if isinstance(channel, Mapping) else channel)
    if team is None or channel is None:
        return None
    enterprise = _first(
        _ENTERPRISE, given.get("enterprise_id"), body.get("context_enterprise_id"), body.get("enterprise_id")
    )
    return Spot(team=team, channel=channel, enterprise=enterprise)


def thread_of(event: Mapping[str, Any]) -> str | None:
    """The first message of the thread that an event is about, for whoever keeps the order of events."""
    for told in (event, _part(event, "message"), _part(event, "previous_message")):
        if (ts := _first(_TS, told.get("thread_ts"))) is not None:
            return ts
    return _first(_TS, event.get("deleted_ts"), _part(event, "message").get("ts"), event.get("ts"))


def hear(body: Mapping[str, Any], ears: Ears) -> Heard | None:
    """What an event of a message, or of a mention, says; None if it is neither."""
    spot, event = spot_of(body), _part(body, "event")
    if spot is None or event.get("type") not in ("message", "app_mention"):
        return None
    return hear_message(event, spot, ears)


def hear_message(message: Mapping[str, Any], spot: Spot, ears: Ears) -> Heard | None:
    """What a message says, as an event brings it or as a thread's history shows it; None if it is none.

    Args:
        message: Slack's.
        spot: Where it stands.
        ears: Who listens.
    """
    ts, bot = _first(_TS, message.get("ts")), _first(_BOT, message.get("bot_id"))
    user = _first(_USER, message.get("user")) or bot
    if ts is None or user is None:
        return None
    raw = message.get("text")
    content = raw if isinstance(raw, str) else ""
    known = {one: name for one in mentioned_users(content) if (name := ears.names.get(requester_of(spot.team, one)))}
    mentions = mentioned_users(content)
    subtype, kind = message.get("subtype"), message.get("channel_type")
    edited = _first(_TS, _part(message, "edited").get("ts"))
    return Heard(
        team=spot.team,
        enterprise=spot.enterprise,
        channel=spot.channel,
        channel_type=kind if isinstance(kind, str) else None,
        user=user,
        name=_bot_name(message),
        ts=ts,
        thread_ts=_first(_TS, message.get("thread_ts")),
        human=_counts(message, user, bot, ears),
        text=plain_text(content, known, ears.bot_user),
        mentioned=ears.bot_user in mentions or _is_mention(message),
        others=tuple(one for one in mentions if one != ears.bot_user),
        files=references(message.get("files")),
        edited_at=None if edited is None else instant(edited),
        subtype=subtype if isinstance(subtype, str) else None,
        bot_id=bot,
    )


def references(files: Any) -> tuple[AttachmentRef, ...]:
    """The files of a message that claim to be images, or claim nothing, as they are remembered."""
    listed = files if isinstance(files, list) else []
    found = (reference(one) for one in listed if isinstance(one, Mapping) and one.get("mode") not in GONE_MODES)
    return tuple(one for one in found if one is not None and claims_image(one.media_type, one.name))[:MAX_ATTACHMENTS]


def reference(file: Mapping[str, Any]) -> AttachmentRef | None:
    """A file as it is remembered; None if it is none.

    Of one that another organization shared, Slack says only the id; the rest is asked for when it is needed.
    """
    identity = _first(_FILE, file.get("id"))
    if identity is None:
        return None
    size = file.get("size")
    return AttachmentRef(
        id=identity,
        name=_text(file, "name") or _text(file, "title") or identity,
        url=_text(file, "url_private_download") or _text(file, "url_private"),
        media_type=_text(file, "mimetype") or None,
        size_bytes=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else 0,
    )


def turn_from(heard: Heard, conversation: str) -> TurnRecord:
    """A message that is not for the bot, as it is remembered."""
    return TurnRecord(
        conversation=conversation,
        message=heard.key,
        author=heard.requester,
        text=heard.text,
        sent_at=heard.sent_at,
        to_bot=False,
        attachments=heard.files,
        edited_at=heard.edited_at,
        tenant=heard.tenant,
    )


def instant(ts: str) -> datetime:
    """When a message was sent, to the microsecond, so that those of a second keep their order."""
    seconds, _, fraction = ts.partition(".")
    return _DAWN + timedelta(seconds=int(seconds), microseconds=int(fraction.ljust(6, "0")))


def _counts(message: Mapping[str, Any], user: str, bot: str | None, ears: Ears) -> bool:
    """Whether a person wrote it, or a bot whose messages count; never ourselves."""
    if message.get("subtype") not in SPOKEN or message.get("hidden") is True:
        return False
    if user in (ears.bot_user, SLACKBOT) or (bot is not None and bot == ears.bot_id):
        return False
    if bot is not None or message.get("subtype") == "bot_message":
        return bot is not None and bot in ears.allowed
    return True


def _is_mention(message: Mapping[str, Any]) -> bool:
    """Whether Slack says so; of a message that somebody passes on it says so because of that one's words."""
    return message.get("type") == "app_mention" and not message.get("attachments")


def _bot_name(message: Mapping[str, Any]) -> str:
    name = _text(message, "username") or _text(_part(message, "bot_profile"), "name")
    return " ".join(name.split())[:80]


def _first(pattern: re.Pattern[str], *candidates: Any) -> str | None:
    """The first that is what it should be."""
    return next((one for one in candidates if isinstance(one, str) and pattern.fullmatch(one)), None)


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _part(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key)
    return value if isinstance(value, Mapping) else {}


def messages_in(answer: Any) -> Sequence[Mapping[str, Any]]:
    """The messages in an answer of ``conversations.replies``."""
    listed = answer if isinstance(answer, list) else []
    return [one for one in listed if isinstance(one, Mapping)]
