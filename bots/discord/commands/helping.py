"""help: what the bot can do, for the person only."""

from discord import app_commands

from bots.chat.desk import Desk
from bots.chat.help import help_lines
from bots.discord.commands.answering import fitted
from bots.discord.commands.people import Interaction, own_locale
from bots.discord.commands.scope import Declared, for_everybody
from bots.discord.commands.wording import localized


def help_command(desk: Desk) -> Declared:
    """Help over ``desk``."""

    @app_commands.command(name=localized("command-help-name"), description=localized("command-help-description"))
    async def tell(interaction: Interaction) -> None:
        text = fitted(help_lines(desk.app), own_locale(interaction))
        await interaction.response.send_message(text, ephemeral=True, suppress_embeds=True)

    return for_everybody(tell)
