"""What a bot like ours shows on Discord, built of discord.py's own objects: pictures, buttons, layouts, forms, commands.

Owns: one full example of each, as large as the bot ever makes it. Not known here: where they go.
"""

import io
from typing import Any

import discord
from discord import app_commands, ui

from tests.contract.discord_loopback import PICTURE


def picture(name: str = "fox.png", *, spoiler: bool = False) -> discord.File:
    return discord.File(io.BytesIO(PICTURE), filename=name, description="A red fox, asleep", spoiler=spoiler)


def buttons() -> list[ui.Button[Any]]:
    return [
        ui.Button(label="Vary", custom_id="tb1:vary:0192f7", style=discord.ButtonStyle.primary, emoji="🎲"),
        ui.Button(label="Upscale", custom_id="tb1:upscale:0192f7", disabled=True),
        ui.Button(label="Open", url="https://images.example/p/0192f7"),
    ]


def plain_view() -> ui.View:
    view = ui.View(timeout=None)
    for button in buttons():
        view.add_item(button)
    options = [discord.SelectOption(label="Ink", value="ink", description="Black on paper", emoji="🖋️", default=True)]
    view.add_item(ui.Select(custom_id="tb1:style:0192f7", placeholder="Style", options=options))
    return view


def layout() -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    container: ui.Container[Any] = ui.Container(accent_color=discord.Color.blurple())
    container.add_item(ui.TextDisplay("## A red fox"))
    gallery: ui.MediaGallery[Any] = ui.MediaGallery()
    gallery.add_item(media="attachment://fox.png", description="A red fox, asleep")
    gallery.add_item(media="attachment://SPOILER_two.png", description="Hidden", spoiler=True)
    container.add_item(gallery)
    container.add_item(ui.Separator(spacing=discord.SeparatorSpacing.large))
    container.add_item(ui.Section(ui.TextDisplay("sketch · 1024×1024"), accessory=ui.Thumbnail("attachment://fox.png")))
    container.add_item(ui.Section(ui.TextDisplay("AI-generated"), accessory=buttons()[0]))
    view.add_item(container)
    view.add_item(ui.File("attachment://record.txt"))
    view.add_item(ui.ActionRow(*buttons()[1:]))
    return view


def layout_files() -> list[discord.File]:
    """What the layout shows."""
    return [picture(), picture("two.png", spoiler=True), discord.File(io.BytesIO(b"record"), filename="record.txt")]


def modal() -> ui.Modal:
    made = ui.Modal(title="Revise", custom_id="tb1:revise:0192f7", timeout=60)
    text: ui.TextInput[Any] = ui.TextInput(
        style=discord.TextStyle.paragraph, custom_id="words", max_length=2000, placeholder="make it blue"
    )
    made.add_item(ui.TextDisplay("What should change?"))
    made.add_item(ui.Label(text="Change", description="In your words", component=text))
    upload: ui.FileUpload[Any] = ui.FileUpload(custom_id="pictures", required=False, min_values=0, max_values=3)
    made.add_item(ui.Label(text="Pictures", component=upload))
    style: ui.Select[Any] = ui.Select(
        custom_id="style", options=[discord.SelectOption(label="Ink", value="ink")], required=False
    )
    made.add_item(ui.Label(text="Style", component=style))
    return made


def choices() -> ui.Modal:
    """A form of what can be ticked (D23)."""
    made = ui.Modal(title="Settings", custom_id="tb1:settings:0192f7", timeout=60)
    thread: ui.RadioGroup[Any] = ui.RadioGroup(custom_id="thread", required=True)
    thread.add_option(label="Open a thread", value="thread", description="for every first request", default=True)
    thread.add_option(label="Answer in place", value="channel")
    made.add_item(ui.Label(text="Threads", component=thread))
    allowed: ui.CheckboxGroup[Any] = ui.CheckboxGroup(custom_id="ways", required=False, min_values=0, max_values=2)
    allowed.add_option(label="Mentions", value="mentions")
    allowed.add_option(label="Commands", value="commands", default=True)
    made.add_item(ui.Label(text="Ways in", component=allowed))
    made.add_item(ui.Label(text="Strict", component=ui.Checkbox(custom_id="strict", default=True)))
    return made


class Korean(app_commands.Translator):
    """Says every name and description in one language more."""

    async def translate(self, string, locale, _context):
        return f"{string.message}_ko" if locale is discord.Locale.korean else None


def command_tree(client: discord.Client) -> app_commands.CommandTree:
    """Commands of every kind the bot has."""
    tree = app_commands.CommandTree(client)
    everywhere = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
    both = app_commands.AppInstallationType(guild=True, user=True)

    @app_commands.describe(
        prompt="what to draw", image1="a picture", size="how large", count="how many", private="hide"
    )
    @app_commands.choices(size=[app_commands.Choice(name="square", value="1024x1024")])
    async def imagine(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, 2000],
        image1: discord.Attachment | None = None,
        size: app_commands.Choice[str] | None = None,
        style: str | None = None,
        count: app_commands.Range[int, 1, 4] = 1,
        private: bool = False,  # noqa: FBT001, FBT002 - an option of a command is a parameter
    ) -> None: ...

    async def suggest(_interaction: discord.Interaction, _current: str) -> list[app_commands.Choice[str]]:
        return []

    drawing: app_commands.Command[Any, Any, Any] = app_commands.Command(
        name="imagine", description="Draw", callback=imagine, allowed_contexts=everywhere, allowed_installs=both
    )
    drawing.autocomplete("style")(suggest)
    tree.add_command(drawing)

    administration = app_commands.Group(
        name="settings",
        description="Settings",
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True),
    )

    async def channels(_interaction: discord.Interaction, channel: discord.TextChannel, role: discord.Role) -> None: ...

    administration.add_command(app_commands.Command(name="channels", description="Where", callback=channels))
    tree.add_command(administration)

    async def revise(_interaction: discord.Interaction, _message: discord.Message) -> None: ...

    tree.add_command(
        app_commands.ContextMenu(
            name="Revise this image", callback=revise, allowed_contexts=everywhere, allowed_installs=both
        )
    )
    return tree
