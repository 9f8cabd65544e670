"""/imagine: words to draw; alone it opens the form; a single known word asks about the bot instead.

Answered to the person alone. None of it can be used in a thread (platforms S8): there people mention the bot, press
buttons or use a message's menu, and so says the help.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bots.chat.gallery import Search, page_of
from bots.chat.provenance_words import shortened
from bots.chat.settings_words import settings_lines
from bots.chat.usage import usage_lines, usage_of
from bots.chat.wishes import Wish, too_long
from bots.replies import say
from bots.slack.home.page import SETTINGS_SHOWN
from bots.slack.home.publishing import permalink
from bots.slack.interactions.answering import guarded, said, tell
from bots.slack.interactions.asking import into, order
from bots.slack.interactions.callers import Caller, caller_of, person_behind, reader, workspace_of
from bots.slack.interactions.forms import create_form
from bots.slack.interactions.opening import show
from bots.slack.layout import escaped
from bots.slack.markup import plain_text
from bots.slack.parts import Parts
from bots.slack.people import Person
from bots.slack.where import job_of_trigger
from bots.slack.workspaces import Workspace
from generator.scene import Notice
from storage.records import GenerationRecord

COMMAND: Final = "/imagine"
HELP: Final = ("draw", "revise", "buttons", "check")
_LINK: Final = re.compile(r"https?://[^\s<>|]{1,2000}")
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{1,40}")

Lines = Callable[[Parts, Caller, Person], Awaitable[list[str]]]


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to the command."""

    async def imagine(ack: AsyncAck, command: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        caller = caller_of(body, context)
        person = await person_behind(parts, caller)
        text = str(command.get("text") or "").strip()
        topic = TOPICS.get(text.casefold())
        refused: Notice | None = None
        if topic is not None:
            parts.later(lambda: guarded(parts, caller, person.locale, lambda: _tell(parts, caller, person, topic)))
        elif not text:
            await show(parts, caller, person.locale, create_form(person.locale, channel=caller.channel))
        else:
            refused = await _draw(parts, caller, person, text)
        await (ack() if refused is None else ack(escaped(say(refused, person.locale)), response_type="ephemeral"))

    app.command(COMMAND)(imagine)


async def _draw(parts: Parts, caller: Caller, person: Person, text: str) -> Notice | None:
    """The words as they would be read in a message; why they are not drawn, else None."""
    if (refused := too_long(text)) is not None:
        return refused
    at = into(caller, caller.channel, parts.desk.now())
    wish = Wish(text=plain_text(text, {}, ""))
    return await order(parts, caller, person, wish, at, job_of_trigger(caller.team, caller.trigger))


async def _tell(parts: Parts, caller: Caller, person: Person, topic: Lines) -> None:
    await tell(parts, caller, await topic(parts, caller, person))


async def _help(parts: Parts, caller: Caller, person: Person) -> list[str]:
    del caller
    lines = (
        Notice(key="help-intro"),
        *(Notice(key=f"slack-help-{topic}") for topic in HELP),
        Notice(key="slack-help-commands"),
        Notice(key="slack-help-threads"),
        Notice(key="help-engine", args={"engine": parts.desk.app.settings.engine.kind}),
    )
    return said(lines, person.locale)


async def _usage(parts: Parts, caller: Caller, person: Person) -> list[str]:
    return said(usage_lines(await usage_of(parts.desk.app, caller.tenant, caller.requester)), person.locale)


async def _settings(parts: Parts, caller: Caller, person: Person) -> list[str]:
    if not person.admin:
        return said([Notice(key="slack-settings-admins")], person.locale)
    app = parts.desk.app
    tenant = await app.chats.tenant(caller.tenant)
    usage = await usage_of(app, caller.tenant, caller.requester)
    lines = settings_lines(tenant, usage, opens_threads=True, channel=_channel, role=escaped)
    shown = [_worded(line) for line in lines if line.key in SETTINGS_SHOWN]
    return said([*shown, Notice(key="slack-settings-where")], person.locale)


async def _privacy(parts: Parts, caller: Caller, person: Person) -> list[str]:
    del parts, caller
    return said([Notice(key="slack-privacy")], person.locale)


async def _gallery(parts: Parts, caller: Caller, person: Person) -> list[str]:
    page = await page_of(parts.desk.app, caller.viewer(person), reader(parts, caller), Search())
    heading = Notice(key="gallery-heading" if page.images else "gallery-empty")
    workspace = await workspace_of(parts, caller)
    return [
        *said([heading], person.locale),
        *[await _listed(parts, workspace, image, person) for image in page.images],
    ]


async def _listed(parts: Parts, workspace: Workspace, image: GenerationRecord, person: Person) -> str:
    """When it was drawn, linked to its message, and for which words."""
    args: dict[str, str | int | float] = {
        "date": f"{image.created_at:%Y-%m-%d %H:%M}",
        "private": "yes" if image.private else "no",
    }
    date = escaped(say(Notice(key="gallery-image", args=args), person.locale))
    post = await parts.desk.app.chats.post(image.job)
    stands = None if post is None or post.state == "dropped" else post.message
    link = None if stands is None else await permalink(workspace, stands)
    if link is not None and _LINK.fullmatch(link):
        date = f"<{escaped(link)}|{date}>"
    return f"• {date}: {escaped(shortened(image.request.prompt))}"


def _channel(identifier: str) -> str:
    return f"<#{identifier}>" if _CHANNEL.fullmatch(identifier) else "?"


def _worded(line: Notice) -> Notice:
    """Slack has no language for a whole workspace."""
    if line.key == "settings-language" and line.args.get("language") == "none":
        return Notice(key="slack-home-language-none")
    return line


TOPICS: Final[Mapping[str, Lines]] = {
    **dict.fromkeys(("help", "?", "도움말", "사용법"), _help),
    **dict.fromkeys(("usage", "사용량"), _usage),
    **dict.fromkeys(("gallery", "갤러리"), _gallery),
    **dict.fromkeys(("settings", "설정"), _settings),
    **dict.fromkeys(("privacy", "개인정보"), _privacy),
}
"""Words that are no prompt when they stand alone."""
