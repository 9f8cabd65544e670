"""Submitted forms: read, checked, and turned into a job by one commit before the form closes.

What is wrong is said in the form, at the field that it is about.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bots.chat.access import may_see
from bots.chat.wishes import Wish, read_options
from bots.conversation import MAX_ATTACHMENTS, Options
from bots.courier import TryLater, Unreachable
from bots.flags import Flags
from bots.planning.styles import STYLES
from bots.replies import say
from bots.slack.interactions import answering, forms
from bots.slack.interactions.asking import beside, into, order
from bots.slack.interactions.callers import Caller, caller_of, person_behind, reader, workspace_of
from bots.slack.interactions.filled import Filled
from bots.slack.interactions.forms import Field, Subject, read_subject
from bots.slack.interactions.targets import named
from bots.slack.parts import Parts
from bots.slack.people import Person
from bots.slack.problems import Refused, reaching
from bots.slack.where import Where, job_of_view
from bots.slack.workspaces import NotInstalled
from generator.request import MAX_IMAGES
from generator.scene import Notice

PROBE_SECONDS: Final = 1.2
"""For finding out who is in a channel; the acknowledgement of the form waits for it."""


class Wrong(Exception):
    """A form cannot be taken.

    Attributes:
        field: Where it is said.
        reason: What is wrong.
    """

    def __init__(self, field: Field, reason: Notice) -> None:
        super().__init__(field)
        self.field: Field = field
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A form as it came back.

    Attributes:
        caller: Who sent it, in the channel where it was opened.
        subject: What it is about.
        filled: What was filled in.
        job: The id of the job that it asks for.
    """

    caller: Caller
    person: Person
    subject: Subject
    filled: Filled
    job: str


Take = Callable[[Parts, Submitted], Awaitable[dict[str, Any] | None]]


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to our forms."""

    def listen(callback: str, take: Take) -> None:
        async def submitted(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
            one = await _read(parts, body, context)
            try:
                instead = await take(parts, one)
            except Wrong as exc:
                await ack(response_action="errors", errors={exc.field: say(exc.reason, one.person.locale)})
            else:
                await (ack() if instead is None else ack(response_action="update", view=instead))

        app.view({"type": "view_submission", "callback_id": callback})(submitted)

    listen(forms.CREATE, _create)
    listen(forms.REVISE, _revise)
    listen(forms.REFERENCE, _refer)
    listen(forms.REPORT, _report)


async def _read(parts: Parts, body: Mapping[str, Any], context: AsyncBoltContext) -> Submitted:
    view = body["view"]
    subject = read_subject(str(view.get("private_metadata") or ""))
    caller = replace(caller_of(body, context), channel=subject.channel, message=subject.message, thread=subject.thread)
    return Submitted(
        caller=caller,
        person=await person_behind(parts, caller),
        subject=subject,
        filled=Filled(view),
        job=job_of_view(caller.team, str(view["id"])),
    )


async def _create(parts: Parts, one: Submitted) -> None:
    options = _options(one)
    channel = one.filled.channel("channel")
    now = parts.desk.now()
    # Where the form was opened its sender is; elsewhere it must be found out, for them and for us.
    if channel is not None and channel != one.subject.channel and not await _both_in(parts, one, channel):
        raise Wrong("channel", Notice(key="slack-form-not-both"))
    wish = Wish(text=one.filled.text("prompt"), options=options, files=one.filled.files("files"))
    at = into(replace(one.caller, channel=channel), channel, now)
    await _order(parts, one, wish, at, refused_at="channel" if channel is not None else "prompt")


async def _revise(parts: Parts, one: Submitted) -> None:
    if one.subject.generation is None:
        await _with_files(parts, one)
        return
    image = await parts.desk.app.records.generation(one.subject.generation)
    if image is None:
        raise Wrong("prompt", Notice(key="image-gone"))
    if not await may_see(image, one.caller.viewer(one.person), reader(parts, one.caller)):
        raise Wrong("prompt", Notice(key="not-yours-to-see"))
    wish = Wish(
        text=one.filled.text("prompt"),
        # About an image of ours it is a revision, whatever the words; about anybody else's the words decide.
        options=Options(action="revise"),
        files=one.filled.files("files"),
        source=image.id,
        private=image.private,
    )
    await _order(parts, one, wish, _place(parts, one))


async def _refer(parts: Parts, one: Submitted) -> None:
    await _with_files(parts, one)


async def _with_files(parts: Parts, one: Submitted) -> None:
    """A request with the images of somebody's message."""
    at = _place(parts, one)
    if at.manner == "thread" and not one.caller.is_direct:
        try:
            there = await _both_in(parts, one, at.channel, at.thread)
        except Wrong:
            there = True  # the courier finds out
        at = at if there else into(one.caller, None, at.asked_at)
    wish = Wish(
        text=one.filled.text("prompt"),
        files=(*map(named, one.subject.files), *one.filled.files("files"))[:MAX_ATTACHMENTS],
    )
    await _order(parts, one, wish, at)


async def _report(parts: Parts, one: Submitted) -> dict[str, Any]:
    caller, subject = one.caller, one.subject
    message = caller.message_key
    if message is None and subject.generation is None:
        raise Wrong("reason", Notice(key="message-without-image"))
    await parts.desk.app.chats.add_report(
        tenant=caller.tenant,
        reporter=caller.requester,
        reason=one.filled.text("reason"),
        generation=subject.generation,
        message=message,
    )
    return forms.words_form("form-report-title", Notice(key="reported"), one.person.locale)


async def _order(parts: Parts, one: Submitted, wish: Wish, at: Where, *, refused_at: Field = "prompt") -> None:
    if not wish.text.strip():
        raise Wrong("prompt", Notice(key="slack-form-empty"))
    refused = await order(parts, one.caller, one.person, wish, at, one.job)
    if refused is not None:
        raise Wrong("prompt" if refused.key == "text-too-long" else refused_at, refused)


def _place(parts: Parts, one: Submitted) -> Where:
    """Beside the message that the form is about; directly where there is none."""
    now = parts.desk.now()
    return into(one.caller, None, now) if one.caller.thread is None else beside(one.caller, now)


def _options(one: Submitted) -> Options:
    """The options of the form.

    Raises:
        Wrong: One of them cannot be.
    """
    locale = one.person.locale
    size, background = one.filled.text("size") or None, one.filled.text("background") or None
    style, count = one.filled.choice("style"), one.filled.choice("count")
    for field, flags in (("size", Flags(size=size)), ("background", Flags(background=background))):
        if isinstance(read := read_options(flags, locale), Notice):
            raise Wrong("size" if field == "size" else "background", read)
    number = int(count) if count is not None and count.isdecimal() and 1 <= int(count) <= MAX_IMAGES else None
    flags = Flags(size=size, background=background, style=style if style in STYLES else None, count=number)
    read = read_options(flags, locale)
    if isinstance(read, Notice):
        raise Wrong("size", read)
    return read


async def _both_in(parts: Parts, one: Submitted, channel: str, thread: str | None = None) -> bool:
    """Whether the person and the bot are both in a channel.

    They are told there, alone, that the answer comes: Slack lets nobody be told anything where they are not, nor by a
    bot that is no member. To ask who is in a channel would take more permissions.

    Raises:
        Wrong: It could not be found out in time.
    """
    told = answering.message(answering.said([Notice(key="slack-form-here")], one.person.locale))
    more: dict[str, Any] = {} if thread is None else {"thread_ts": thread}
    try:
        workspace = await workspace_of(parts, one.caller)
        async with asyncio.timeout(PROBE_SECONDS), reaching():
            await workspace.client.chat_postEphemeral(
                channel=channel, user=one.caller.user, parse="none", **told, **more
            )
    except (Refused, Unreachable):
        return False
    except (TryLater, TimeoutError, NotInstalled):
        raise Wrong("channel", Notice(key="slack-form-again")) from None
    return True
