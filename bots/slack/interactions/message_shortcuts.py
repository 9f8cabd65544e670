"""The shortcuts: those in the menu of a message, and the one that is about nothing in particular.

Slack hands the message over, so they need no right to read the channel, and they work in threads, where slash commands
do not (platforms S8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bots.slack.interactions.answering import guarded, tell_notices
from bots.slack.interactions.callers import Caller, caller_of, person_behind
from bots.slack.interactions.forms import (
    CREATE,
    MOST_REFERENCES,
    Subject,
    create_form,
    reference_form,
    report_form,
    revise_form,
)
from bots.slack.interactions.looking import describe_target, verify_target
from bots.slack.interactions.opening import show
from bots.slack.interactions.targets import own_image, targets_of
from bots.slack.parts import Parts
from bots.slack.people import Person
from generator.scene import Notice
from storage.turns import AttachmentRef

OF_MESSAGES: Final = ("revise", "reference", "describe", "provenance", "report")
"""Callback ids as the manifest has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A shortcut, who chose it, and the images of the message."""

    caller: Caller
    person: Person
    targets: tuple[AttachmentRef, ...]

    def subject(self, *, generation: str | None = None, files: bool = False) -> Subject:
        """What a form about the message carries."""
        return Subject(
            generation=generation,
            files=tuple(one.id for one in self.targets[:MOST_REFERENCES]) if files else (),
            channel=self.caller.channel,
            message=self.caller.message,
            thread=self.caller.thread,
        )


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to the shortcuts of the manifest."""
    handlers = {"revise": _revise, "reference": _refer, "describe": _describe, "provenance": _verify, "report": _report}

    async def chosen(ack: AsyncAck, shortcut: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        caller = caller_of(body, context)
        message = shortcut.get("message")
        one = Chosen(
            caller=caller,
            person=await person_behind(parts, caller),
            targets=targets_of(message if isinstance(message, Mapping) else {}),
        )
        await handlers[str(shortcut["callback_id"])](parts, one)
        await ack()

    async def create(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        caller = caller_of(body, context)
        person = await person_behind(parts, caller)
        await show(parts, caller, person.locale, create_form(person.locale))
        await ack()

    for name in OF_MESSAGES:
        app.shortcut({"type": "message_action", "callback_id": name})(chosen)
    app.shortcut({"type": "shortcut", "callback_id": CREATE})(create)


async def _revise(parts: Parts, one: Chosen) -> None:
    record = await own_image(parts, one.caller, one.person, one.targets)
    if record is None and not one.targets:
        _without_image(parts, one)
        return
    subject = one.subject(files=True) if record is None else one.subject(generation=record.id)
    await show(parts, one.caller, one.person.locale, revise_form(one.person.locale, subject))


async def _refer(parts: Parts, one: Chosen) -> None:
    if not one.targets:
        _without_image(parts, one)
        return
    await show(parts, one.caller, one.person.locale, reference_form(one.person.locale, one.subject(files=True)))


async def _describe(parts: Parts, one: Chosen) -> None:
    async def work() -> None:
        await describe_target(parts, one.caller, one.person, one.targets)

    parts.later(lambda: guarded(parts, one.caller, one.person.locale, work))


async def _verify(parts: Parts, one: Chosen) -> None:
    async def work() -> None:
        await verify_target(parts, one.caller, one.person, one.targets)

    parts.later(lambda: guarded(parts, one.caller, one.person.locale, work))


async def _report(parts: Parts, one: Chosen) -> None:
    record = await own_image(parts, one.caller, one.person, one.targets)
    subject = one.subject(generation=None if record is None else record.id)
    await show(parts, one.caller, one.person.locale, report_form(one.person.locale, subject))


def _without_image(parts: Parts, one: Chosen) -> None:
    notice = Notice(key="message-without-image")
    parts.later(lambda: tell_notices(parts, one.caller, one.person.locale, notice))
