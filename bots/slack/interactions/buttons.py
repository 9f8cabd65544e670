"""The buttons under an answer. They carry a verb and an id, nothing else, and work for as long as the record lives.

Everything that decides is looked up when one is pressed: the image, the place it belongs to, who presses.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bots.chat.access import may_see
from bots.chat.cards import Verb
from bots.chat.details import detail_lines
from bots.chat.managing import why_not_cancel, why_not_delete
from bots.chat.wishes import Wish
from bots.conversation import Act, Options
from bots.courier import TryLater, Unreachable
from bots.slack.home.page import CREATE
from bots.slack.interactions.answering import SPELLING, guarded, said, tell, tell_notices
from bots.slack.interactions.asking import beside, into, order
from bots.slack.interactions.callers import Caller, caller_of, person_behind, reader, workspace_of
from bots.slack.interactions.forms import Subject, create_form, revise_form
from bots.slack.interactions.opening import show
from bots.slack.layout import FEEDBACK
from bots.slack.parts import Parts
from bots.slack.people import Person
from bots.slack.problems import Refused
from bots.slack.takedown import take_down
from bots.slack.where import job_of_trigger
from bots.slack.workspaces import NotInstalled
from generator.scene import Notice
from storage.errors import StorageError, UnknownJob
from storage.records import GenerationRecord

PRESSES: Final = re.compile(rf"tb1:(?:{'|'.join(get_args(Verb))})(?::\d{{1,3}})?")
SCORES: Final = {"like": 1, "dislike": -1}
LONGEST_TARGET: Final = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button and who pressed it."""

    verb: Verb
    target: str
    caller: Caller
    person: Person


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to our buttons, whatever message they stand in and however old it is."""

    async def press(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        verb, target = read_press(action)
        if verb is not None:
            caller = caller_of(body, context)
            person = await person_behind(parts, caller)
            await _do(parts, Pressed(verb=verb, target=target, caller=caller, person=person))
        await ack()

    async def create(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        caller = caller_of(body, context)
        person = await person_behind(parts, caller)
        await show(parts, caller, person.locale, create_form(person.locale, channel=caller.channel))
        await ack()

    app.action({"action_id": re.compile(rf"^{PRESSES.pattern}$")})(press)
    app.action(FEEDBACK)(press)
    app.action(CREATE)(create)


def read_press(action: dict[str, Any]) -> tuple[Verb | None, str]:
    """What a button does, and to what; the verb is None if it is none of ours.

    An opinion comes as the value ``<verb>:<generation>`` of one element with two buttons.
    """
    name, value = str(action.get("action_id") or ""), str(action.get("value") or "")[:LONGEST_TARGET]
    if name == FEEDBACK:
        verb, _, value = value.partition(":")
        return (cast("Verb", verb) if verb in SCORES else None), value
    return (cast("Verb", name.split(":")[1]) if PRESSES.fullmatch(name) else None), value


async def _do(parts: Parts, pressed: Pressed) -> None:
    """What the button says, if this person may. Only a commit and the opening of a form are waited for."""
    caller, locale = pressed.caller, pressed.person.locale
    if pressed.verb == "cancel":
        parts.later(lambda: guarded(parts, caller, locale, lambda: _cancel(parts, pressed)))
        return
    image, unseen = await _image(parts, pressed)
    if image is None:
        _later(parts, pressed, unseen)
    elif pressed.verb == "revise":
        subject = Subject(generation=image.id, channel=caller.channel, message=caller.message, thread=caller.thread)
        await show(parts, caller, locale, revise_form(locale, subject))
    elif pressed.verb == "details":
        parts.later(lambda: guarded(parts, caller, locale, lambda: _details(parts, pressed, image)))
    elif pressed.verb == "delete":
        parts.later(lambda: guarded(parts, caller, locale, lambda: _delete(parts, pressed, image)))
    elif pressed.verb in SCORES:
        await parts.desk.app.chats.add_feedback(image.id, caller.requester, SCORES[pressed.verb])
        _later(parts, pressed, Notice(key=f"thanks-{pressed.verb}"))
    elif (refused := await _ask(parts, pressed, image)) is not None:
        _later(parts, pressed, refused)


async def _image(parts: Parts, pressed: Pressed) -> tuple[GenerationRecord | None, Notice]:
    """The image, if this person may use it; else why not."""
    image = await parts.desk.app.records.generation(pressed.target)
    if image is None:
        return None, Notice(key="image-gone")
    viewer = pressed.caller.viewer(pressed.person)
    seen = await may_see(image, viewer, reader(parts, pressed.caller))
    return (image if seen else None), Notice(key="not-yours-to-see")


async def _ask(parts: Parts, pressed: Pressed, image: GenerationRecord) -> Notice | None:
    """A new request about the image, in the thread of the message; from a page that is no message, directly."""
    caller, now = pressed.caller, parts.desk.now()
    at = into(caller, None, now) if caller.thread is None else beside(caller, now)
    # What nobody else may see is answered where nobody else reads.
    wish = Wish(text="", options=Options(action=cast("Act", pressed.verb)), source=image.id, private=image.private)
    return await order(parts, caller, pressed.person, wish, at, job_of_trigger(caller.team, caller.trigger))


async def _details(parts: Parts, pressed: Pressed, image: GenerationRecord) -> None:
    lines = await detail_lines(image, parts.desk.app.records, SPELLING)
    await tell(parts, pressed.caller, said(lines, pressed.person.locale))


async def _cancel(parts: Parts, pressed: Pressed) -> None:
    caller, person = pressed.caller, pressed.person
    job = await parts.desk.app.records.job(pressed.target)
    refused = why_not_cancel(job, caller.viewer(person), manages=person.admin)
    if refused is None:
        with suppress(UnknownJob):
            await parts.desk.session.cancel(pressed.target)
    await tell_notices(parts, caller, person.locale, refused or Notice(key="cancel-done"))


async def _delete(parts: Parts, pressed: Pressed, image: GenerationRecord) -> None:
    """Remove every image of the answer, and the messages and files that show them; says so if one may still stand."""
    caller, person = pressed.caller, pressed.person
    refused = why_not_delete(image, caller.viewer(person), manages=person.admin)
    if refused is not None:
        await tell_notices(parts, caller, person.locale, refused)
        return
    app = parts.desk.app
    images = await app.records.generations_of_job(image.job)
    post = await app.chats.post(image.job)
    # The message goes first: with the records it is forgotten which files Slack keeps of them.
    try:
        is_down = await take_down(parts, await workspace_of(parts, caller), images, () if post is None else (post,))
    except (TryLater, Unreachable, Refused, NotInstalled, StorageError) as exc:
        log.warning("not_taken_down", job=image.job, error=type(exc).__name__)
        is_down = False
    for one in images:
        await app.records.remove(one.id, "deleted", app.blobs)
    if post is not None and post.message is not None:
        await app.chats.post_forgotten(post.message)
    await tell_notices(parts, caller, person.locale, Notice(key="deleted" if is_down else "deleted-but-shown"))


def _later(parts: Parts, pressed: Pressed, notice: Notice) -> None:
    parts.later(lambda: tell_notices(parts, pressed.caller, pressed.person.locale, notice))
