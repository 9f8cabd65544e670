"""The commands in a message's menu. Discord hands the message over, so they need no right to read the channel (D11)."""

import discord
from discord import app_commands

from bots.chat.desk import Desk
from bots.discord.commands.acknowledge import refuse
from bots.discord.commands.looking import describe_target, verify_target
from bots.discord.commands.modals import AskModal, ReportModal
from bots.discord.commands.people import Interaction, own_locale
from bots.discord.commands.places import image_in
from bots.discord.commands.scope import Declared, for_everybody
from bots.discord.commands.targets import images_of
from bots.discord.commands.wording import localized
from generator.scene import Notice

MAX_REFERENCES = 6


def message_commands(desk: Desk) -> tuple[Declared, ...]:
    """Revise this image, Use as reference, Describe, Check provenance, Report."""

    async def revise(interaction: Interaction, message: discord.Message) -> None:
        record = await image_in(desk, message.id)
        files = () if record is not None else images_of(desk, message)[:MAX_REFERENCES]
        if record is None and not files:
            await refuse(interaction, Notice(key="message-without-image"))
            return
        # Whoever can open a message's menu sees its picture: no further right is needed.
        source = None if record is None else record.id
        await interaction.response.send_modal(
            AskModal.revising(desk, own_locale(interaction), source=source, files=files)
        )

    async def refer(interaction: Interaction, message: discord.Message) -> None:
        files = images_of(desk, message)[:MAX_REFERENCES]
        if not files:
            await refuse(interaction, Notice(key="message-without-image"))
            return
        await interaction.response.send_modal(AskModal.referring(desk, own_locale(interaction), files=files))

    async def describe(interaction: Interaction, message: discord.Message) -> None:
        await describe_target(interaction, desk, message)

    async def verify(interaction: Interaction, message: discord.Message) -> None:
        await verify_target(interaction, desk, message)

    async def report(interaction: Interaction, message: discord.Message) -> None:
        record = await image_in(desk, message.id)
        form = ReportModal(
            desk, own_locale(interaction), message=message.id, generation=None if record is None else record.id
        )
        await interaction.response.send_modal(form)

    named = {"revise": revise, "reference": refer, "describe": describe, "provenance": verify, "report": report}
    return tuple(
        for_everybody(app_commands.ContextMenu(name=localized(f"message-command-{name}"), callback=callback))
        for name, callback in named.items()
    )
