"""Opening a form before somebody, while their trigger lives (platforms S1)."""

import asyncio
from typing import Final

import structlog

from bots.courier import TryLater, Unreachable
from bots.slack.interactions.answering import tell_notices
from bots.slack.interactions.callers import Caller, workspace_of
from bots.slack.layout import Block
from bots.slack.parts import Parts
from bots.slack.problems import Refused, reaching
from bots.slack.workspaces import NotInstalled
from generator.scene import Notice
from moderation.types import Locale
from storage.errors import StorageError

VIEW_SECONDS: Final = 1.8
"""For opening a form: the acknowledgement waits for it, and the trigger lives for three."""

log = structlog.get_logger(__name__)


async def show(parts: Parts, caller: Caller, locale: Locale, form: Block) -> None:
    """Open a form; where Slack does not, say afterwards that it is worth another try."""
    try:
        workspace = await workspace_of(parts, caller)
        async with asyncio.timeout(VIEW_SECONDS), reaching():
            await workspace.client.views_open(trigger_id=caller.trigger, view=form)
    except (TimeoutError, TryLater, Unreachable, Refused, NotInstalled, StorageError) as exc:
        log.warning("form_not_opened", error=str(exc) if isinstance(exc, Refused) else type(exc).__name__)
        parts.later(lambda: tell_notices(parts, caller, locale, Notice(key="slack-form-not-opened")))
