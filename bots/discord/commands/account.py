"""usage and cancel: what a person has running and what is left of the day."""

import re
from collections.abc import Sequence
from typing import Any, Final, Self

import discord
from discord import app_commands

from bots.chat.desk import Desk
from bots.chat.usage import usage_lines, usage_of
from bots.discord.commands.answering import acknowledge_privately, panel, tell_privately
from bots.discord.commands.failing import guarded
from bots.discord.commands.people import Interaction, is_admin, own_locale, requester_of, tenant_of
from bots.discord.commands.scope import Declared, for_everybody
from bots.discord.commands.wording import localized
from bots.discord.where import PLATFORM
from bots.replies import say
from generator.scene import Notice
from storage.errors import UnknownJob
from storage.records import JobRecord

MOST_SHOWN: Final = 25
LABEL: Final = 100
CHOOSE: Final = "tc1:cancel:choose"


def account_commands(desk: Desk) -> tuple[Declared, ...]:
    """Usage and cancel over ``desk``."""

    @app_commands.command(name=localized("command-usage-name"), description=localized("command-usage-description"))
    async def usage(interaction: Interaction) -> None:
        await acknowledge_privately(interaction)
        found = await usage_of(desk.app, tenant_of(interaction), requester_of(interaction))
        await tell_privately(interaction, usage_lines(found))

    @app_commands.command(name=localized("command-cancel-name"), description=localized("command-cancel-description"))
    async def cancel(interaction: Interaction) -> None:
        await acknowledge_privately(interaction)
        running = await _cancellable(interaction, desk)
        if len(running) == 1 and running[0].requester == requester_of(interaction):
            await _cancel(interaction, desk, [running[0].id])
        elif not running:
            await tell_privately(interaction, [Notice(key="nothing-running")])
        else:
            select = await _select(interaction, desk, running[:MOST_SHOWN])
            await tell_privately(interaction, [Notice(key="cancel-which")], view=panel(select))

    return for_everybody(usage), for_everybody(cancel)


def cancel_select(desk: Desk) -> type[discord.ui.DynamicItem[discord.ui.Select[Any]]]:
    """The list of running requests; whoever chooses from it is checked again."""

    class CancelSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=re.escape(CHOOSE)):
        @classmethod
        async def from_custom_id(
            cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            del interaction, match
            assert isinstance(item, discord.ui.Select)  # noqa: S101 - discord.py looks the item up by its type
            return cls(item)

        async def callback(self, interaction: Interaction) -> None:
            await guarded(interaction, "cancel choice", _cancel_chosen(interaction, desk, self.item.values))

    return CancelSelect


async def _cancellable(interaction: Interaction, desk: Desk) -> tuple[JobRecord, ...]:
    """The person's unfinished requests here; for admins those of the whole server."""
    tenant, requester = tenant_of(interaction), requester_of(interaction)
    if is_admin(interaction):
        return await desk.app.records.unfinished_jobs_of(tenant=tenant)
    return await desk.app.records.unfinished_jobs_of(tenant=tenant, requester=requester)


async def _cancel_chosen(interaction: Interaction, desk: Desk, chosen: Sequence[str]) -> None:
    await interaction.response.defer()
    allowed = {job.id for job in await _cancellable(interaction, desk)}
    await _cancel(interaction, desk, [job for job in chosen if job in allowed])


async def _cancel(interaction: Interaction, desk: Desk, jobs: Sequence[str]) -> None:
    stopped = 0
    for job in jobs:
        try:
            await desk.session.cancel(job)
        except UnknownJob:
            continue
        stopped += 1
    key = "requests-stopped" if stopped else "nothing-running"
    await tell_privately(interaction, [Notice(key=key, args={"count": stopped})])


async def _select(interaction: Interaction, desk: Desk, running: Sequence[JobRecord]) -> discord.ui.Select[Any]:
    options = [
        discord.SelectOption(label=await _label(interaction, desk, job), value=job.id)
        for job in running
        if len(job.id) <= LABEL
    ]
    return discord.ui.Select(custom_id=CHOOSE, options=options, min_values=1, max_values=len(options))


async def _label(interaction: Interaction, desk: Desk, job: JobRecord) -> str:
    """When it was asked, and the words if they are the viewer's own."""
    locale = own_locale(interaction)
    asked = f"{job.created_at:%H:%M:%S}"
    if job.requester != requester_of(interaction):
        return say(Notice(key="cancel-somebodys", args={"time": asked}), locale)[:LABEL]
    turn = await desk.app.chats.turn(f"{PLATFORM}:{job.id.rpartition(':')[2]}")
    text = " ".join(turn.text.split()) if turn is not None and turn.text else say(Notice(key="cancel-mine"), locale)
    return f"{asked} · {text}"[:LABEL]
