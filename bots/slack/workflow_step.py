"""The step "Create an image" of Slack's workflows: its execution is a job, whose end completes the step.

The execution's id travels with the order, so that a restart loses nothing. The step is completed with the workspace's
own token: the one that comes with the event is not kept.
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from slack_bolt.app.async_app import AsyncApp

from bots.chat.asking import Ask, submit
from bots.chat.cards import refused_words
from bots.chat.wishes import too_long
from bots.conversation import Options
from bots.courier import TryLater, Unreachable
from bots.order import Answer, Order
from bots.progress import Standing
from bots.replies import say
from bots.slack.home.publishing import permalink
from bots.slack.parts import Parts
from bots.slack.people import Person, person_of
from bots.slack.problems import Refused, reaching
from bots.slack.where import PLATFORM, Where, file_key, requester_of, tenant_of, where
from bots.slack.workspaces import NotInstalled, Workspace
from generator.scene import Notice
from moderation.types import Locale

STEP: Final = "create_image"
LONGEST_ERROR: Final = 1000
NAME_SECONDS: Final = 1.0
"""How long the acknowledgement waits for Slack to say what a person is called."""

_USER: Final = re.compile(r"[UW][A-Z0-9]{1,40}")
_CHANNEL: Final = re.compile(r"[CGD][A-Z0-9]{1,40}")

log = structlog.get_logger(__name__)


class Steps:
    """Completes steps when their jobs end (``bots.slack.parts.Sessions``)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def processing(self, order: Order, standing: Standing | None) -> None:
        """A step shows nothing of it."""

    async def settled(self, order: Order, answer: Answer) -> None:
        """Complete the step; one that was completed before stays as it is.

        Raises:
            TryLater: Slack cannot be reached. The answer is told again.
            StorageError: The database cannot be used right now. Likewise.
        """
        at = where(order)
        if at.execution is None:
            return
        try:
            async with reaching():
                workspace = await self._parts.workspaces.find(at.team, at.enterprise)
            if answer.outcome == "image" and (outputs := await self._outputs(workspace, answer)) is not None:
                async with reaching():
                    await workspace.client.functions_completeSuccess(
                        function_execution_id=at.execution, outputs=outputs
                    )
            else:
                await fail(workspace, at.execution, _reason(order, answer))
        except (Refused, Unreachable, NotInstalled) as exc:
            log.warning("step_not_completed", job=order.job, error=str(exc))

    async def _outputs(self, workspace: Workspace, answer: Answer) -> dict[str, Any] | None:
        """What the next steps of the workflow get; None if nothing is there to be given."""
        chats, prefix = self._parts.desk.app.chats, file_key(workspace.team, "")
        post = await chats.post(answer.job)
        if post is None or post.message is None:
            return None
        files: list[str] = []
        for generation in answer.generations:
            keys = [record.key for record in await chats.files_of(generation) if record.key.startswith(prefix)]
            files += [key.removeprefix(prefix) for key in keys[:1]]
        return {"permalink": await permalink(workspace, post.message) or "", "file_ids": files}


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to executions of the step."""

    async def execute(ack: Any, event: dict[str, Any], body: dict[str, Any]) -> None:
        await _execute(parts, event, body)
        await ack()

    app.function(STEP, auto_acknowledge=False)(execute)


async def _execute(parts: Parts, event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Commit the request; one that is none fails the step."""
    execution, team = str(event["function_execution_id"]), str(body["team_id"])
    enterprise = body.get("enterprise_id")
    inputs = event.get("inputs")
    given = inputs if isinstance(inputs, Mapping) else {}
    prompt, user = _text(given, "prompt").strip(), _match(_USER, _text(given, "user"))
    person = Person() if user is None else await _person(parts, team, enterprise, user)
    if not prompt or user is None:
        missing = Notice(key="slack-step-no-prompt" if not prompt else "slack-step-no-person")
        parts.later(lambda: _refuse(parts, team, enterprise, execution, say(missing, person.locale)))
        return
    ask = _ask(parts, team, person, prompt, _where(parts, body, execution, user, given))
    refused = too_long(prompt) or await submit(parts.desk, ask)
    if refused is not None:
        parts.later(lambda: _refuse(parts, team, enterprise, execution, say(refused, person.locale)))


def _where(parts: Parts, body: Mapping[str, Any], execution: str, user: str, given: Mapping[str, Any]) -> Where:
    channel = _match(_CHANNEL, _text(given, "channel"))
    return Where(
        manner="direct" if channel is None else "channel",
        team=str(body["team_id"]),
        enterprise=body.get("enterprise_id"),
        user=user,
        channel=channel or user,
        asked_at=parts.desk.now(),
        execution=execution,
    )


def _ask(parts: Parts, team: str, person: Person, prompt: str, at: Where) -> Ask:
    job = job_of_step(team, at.execution or "")
    return Ask(
        job=job,
        tenant=tenant_of(team),
        requester=requester_of(team, at.user),
        author=person.name,
        conversation=job,
        text=prompt,
        message=job,
        sent_at=datetime.fromtimestamp(parts.desk.now(), UTC),
        address=at.address(),
        locale=person.locale,
        options=Options(private=at.manner == "direct"),
        channels=(at.channel,) if at.manner == "channel" else (),
        admin=person.admin,
    )


def job_of_step(team: str, execution: str) -> str:
    """One execution is one job, however often Slack tells of it."""
    return f"{PLATFORM}:x:{team}:{execution}"


async def fail(workspace: Workspace, execution: str, words: str) -> None:
    """End a step without an image.

    Raises:
        TryLater: Slack cannot be reached.
        Unreachable, Refused: It does not take it.
    """
    async with reaching():
        await workspace.client.functions_completeError(
            function_execution_id=execution, error=words.strip()[:LONGEST_ERROR] or "no image"
        )


async def _refuse(parts: Parts, team: str, enterprise: str | None, execution: str, words: str) -> None:
    with suppress(TryLater, Unreachable, Refused, NotInstalled):
        await fail(await parts.workspaces.find(team, enterprise), execution, words)


async def _person(parts: Parts, team: str, enterprise: str | None, user: str) -> Person:
    """Who asks, as far as Slack says it in time."""
    with suppress(TimeoutError, TryLater, Unreachable, Refused, NotInstalled):
        async with asyncio.timeout(NAME_SECONDS):
            return await person_of(await parts.workspaces.find(team, enterprise), user)
    return Person()


def _reason(order: Order, answer: Answer) -> str:
    """Why there is no image. Why something was refused is told to the requester alone."""
    locale: Locale = order.conversation.locale
    if answer.outcome in ("refused", "held"):
        return refused_words(order.conversation.newest.author, locale)
    return answer.reply


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _match(pattern: re.Pattern[str], value: str) -> str | None:
    return value if pattern.fullmatch(value) else None
