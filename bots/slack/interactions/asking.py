"""From a wish to a job: where its answer will stand, and one commit."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bots.chat.asking import Ask, submit
from bots.chat.wishes import Wish, as_private_as_its_source, too_long
from bots.slack.interactions.callers import Caller
from bots.slack.parts import Parts
from bots.slack.people import Person
from bots.slack.where import Where, message_key
from generator.scene import Notice
from moderation.types import Locale

_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def beside(caller: Caller, now: float) -> Where:
    """In the thread of the message whose button or menu was used: never in the channel itself (platforms S7).

    Raises:
        ValueError: It was used on no message.
    """
    if caller.channel is None or caller.thread is None:
        raise ValueError("an answer beside no message")
    return Where(
        manner="thread",
        team=caller.team,
        enterprise=caller.enterprise,
        user=caller.user,
        channel=caller.channel,
        message=caller.message,
        thread=caller.thread,
        agent=caller.is_direct,
        asked_at=now,
    )


def into(caller: Caller, channel: str | None, now: float) -> Where:
    """In a channel, where it begins a thread; without one, or from direct messages, directly to the person."""
    public = channel is not None and not channel.startswith("D")
    return Where(
        manner="channel" if public else "direct",
        team=caller.team,
        enterprise=caller.enterprise,
        user=caller.user,
        channel=channel or caller.channel or caller.user,
        asked_at=now,
    )


async def order(parts: Parts, caller: Caller, person: Person, wish: Wish, at: Where, job: str) -> Notice | None:
    """Have it drawn: nothing but the commit is waited for.

    Args:
        parts: The running bot's.
        caller: Who asks.
        person: What Slack says of them.
        wish: What they ask for.
        at: Where the answer goes. What is private goes directly to them, wherever it was asked.
        job: Its id; the same one again changes nothing.

    Returns:
        Why nothing is drawn, for the person; None otherwise.

    Raises:
        StorageError: The database cannot be used right now.
    """
    wish = await as_private_as_its_source(parts.desk, wish)
    if at.manner == "direct":
        wish = replace(wish, private=True)
    elif wish.private and not at.channel.startswith("D"):
        at = into(caller, None, at.asked_at)
    return too_long(wish.text) or await submit(parts.desk, await _ask(parts, caller, person, wish, at, job))


async def _ask(parts: Parts, caller: Caller, person: Person, wish: Wish, at: Where, job: str) -> Ask:
    return Ask(
        job=job,
        tenant=caller.tenant,
        requester=caller.requester,
        author=person.name or caller.name,
        conversation=await _conversation(parts, at) or job,
        text=wish.text,
        message=job,
        sent_at=datetime.fromtimestamp(at.asked_at, UTC),
        address=at.address(),
        locale=_locale(person, wish.text),
        options=replace(wish.options, private=wish.private),
        source=wish.source,
        attachments=wish.files,
        channels=(at.channel,),
        admin=person.admin,
    )


async def _conversation(parts: Parts, at: Where) -> str | None:
    """That of the thread; None for an answer that begins one."""
    if at.manner != "thread" or at.thread is None:
        return None
    place = message_key(at.team, at.channel, at.thread)
    room = await parts.desk.app.chats.room(place)
    return place if room is None else room.conversation


def _locale(person: Person, text: str) -> Locale:
    """Of what only they see as well: the language they write in, else their own."""
    return "ko" if _HANGUL.search(text) else person.locale
