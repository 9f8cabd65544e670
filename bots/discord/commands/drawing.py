"""The commands that draw: imagine, revise, blend. Each reads its options and hands the wish over, nothing more."""

from typing import Any

import discord
from discord import app_commands

from bots.chat.desk import Desk
from bots.chat.looking import Unfound
from bots.chat.wishes import Wish, read_options
from bots.conversation import Options
from bots.discord.commands import autocomplete as complete
from bots.discord.commands.acknowledge import answer_wish, refuse
from bots.discord.commands.files import files_of
from bots.discord.commands.modals import AskModal
from bots.discord.commands.people import Interaction, own_locale
from bots.discord.commands.scope import Declared, for_everybody
from bots.discord.commands.sources import find_source
from bots.discord.commands.wording import localized
from bots.flags import Flags
from generator.request import MAX_IMAGES, SEED_LIMIT
from generator.scene import Notice

MAX_PROMPT = 6000  # characters; the most that Discord sends in an option

Prompt = app_commands.Range[str, 1, MAX_PROMPT]
Short = app_commands.Range[str, 1, 100]


def drawing_commands(desk: Desk, recent: complete.Recent) -> tuple[Declared, ...]:
    """imagine, revise and blend over ``desk``."""
    return for_everybody(_imagine(desk, recent)), for_everybody(_revise(desk, recent)), for_everybody(_blend(desk))


def _imagine(desk: Desk, recent: complete.Recent) -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name=localized("command-imagine-name"), description=localized("command-imagine-description"))
    @app_commands.rename(
        prompt=localized("option-prompt-name"),
        image1=localized("option-image1-name"),
        image2=localized("option-image2-name"),
        image3=localized("option-image3-name"),
        size=localized("option-size-name"),
        background=localized("option-background-name"),
        style=localized("option-style-name"),
        count=localized("option-count-name"),
        seed=localized("option-seed-name"),
        private=localized("option-private-name"),
    )
    @app_commands.describe(
        prompt=localized("option-prompt-description"),
        image1=localized("option-image-description"),
        image2=localized("option-image-description"),
        image3=localized("option-image-description"),
        size=localized("option-size-description"),
        background=localized("option-background-description"),
        style=localized("option-style-description"),
        count=localized("option-count-description"),
        seed=localized("option-seed-description"),
        private=localized("option-private-description"),
    )
    async def imagine(  # noqa: PLR0913, PLR0917 - discord.py makes an option of each parameter
        interaction: Interaction,
        prompt: Prompt,
        image1: discord.Attachment | None = None,
        image2: discord.Attachment | None = None,
        image3: discord.Attachment | None = None,
        size: Short | None = None,
        background: Short | None = None,
        style: Short | None = None,
        count: app_commands.Range[int, 1, MAX_IMAGES] | None = None,
        seed: app_commands.Range[int, 0, SEED_LIMIT - 1] | None = None,
        private: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        flags = Flags(size=size, background=background, style=style, count=count, seed=seed)
        options = read_options(flags, own_locale(interaction))
        if isinstance(options, Notice):
            await refuse(interaction, options)
            return
        files = files_of((image1, image2, image3))
        await answer_wish(interaction, desk, Wish(text=prompt, options=options, files=files, private=private))

    imagine.autocomplete("prompt")(recent.prompts)
    imagine.autocomplete("size")(complete.sizes)
    imagine.autocomplete("background")(complete.backgrounds)
    imagine.autocomplete("style")(complete.styles)
    return imagine


def _revise(desk: Desk, recent: complete.Recent) -> app_commands.Command[Any, ..., None]:
    @app_commands.command(name=localized("command-revise-name"), description=localized("command-revise-description"))
    @app_commands.rename(prompt=localized("option-change-name"), image=localized("option-source-name"))
    @app_commands.describe(prompt=localized("option-change-description"), image=localized("option-source-description"))
    async def revise(
        interaction: Interaction, prompt: Prompt | None = None, image: app_commands.Range[str, 1, 200] | None = None
    ) -> None:
        try:
            source = await find_source(interaction, desk, image)
        except Unfound as exc:
            await refuse(interaction, exc.reason)
            return
        if prompt is None:
            await interaction.response.send_modal(AskModal.revising(desk, own_locale(interaction), source=source))
            return
        await answer_wish(interaction, desk, Wish(text=prompt, options=Options(action="revise"), source=source))

    revise.autocomplete("image")(recent.images)
    return revise


def _blend(desk: Desk) -> app_commands.Command[Any, ..., None]:
    images = {f"image{number}": localized(f"option-image{number}-name") for number in range(1, 7)}

    @app_commands.command(name=localized("command-blend-name"), description=localized("command-blend-description"))
    @app_commands.rename(prompt=localized("option-prompt-name"), **images)
    @app_commands.describe(
        prompt=localized("option-blend-prompt-description"),
        **{name: localized("option-image-description") for name in images},
    )
    async def blend(  # noqa: PLR0913, PLR0917 - discord.py makes an option of each parameter
        interaction: Interaction,
        image1: discord.Attachment,
        image2: discord.Attachment,
        image3: discord.Attachment | None = None,
        image4: discord.Attachment | None = None,
        image5: discord.Attachment | None = None,
        image6: discord.Attachment | None = None,
        prompt: Prompt | None = None,
    ) -> None:
        files = files_of((image1, image2, image3, image4, image5, image6))
        await answer_wish(interaction, desk, Wish(text=prompt or "", options=Options(action="blend"), files=files))

    return blend
