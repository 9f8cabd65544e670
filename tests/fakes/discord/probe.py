"""A small bot on the real discord.py, to try the fake with."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord
import PIL.Image
from discord import app_commands

if TYPE_CHECKING:
    from tests.fakes.discord.model import Channel
    from tests.fakes.discord.server import FakeDiscord

ALL = discord.Intents.default() | discord.Intents(message_content=True)


def picture(color: str = "teal", size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    info = PIL.Image.Exif()
    info[0x010E] = "taken at home"
    PIL.Image.new("RGB", size, color).save(out, "PNG", exif=info)
    return out.getvalue()


class Form(discord.ui.Modal, title="Revise"):
    wish: discord.ui.Label[Any] = discord.ui.Label(
        text="What to change", component=discord.ui.TextInput(custom_id="wish")
    )
    file: discord.ui.Label[Any] = discord.ui.Label(
        text="Pictures", component=discord.ui.FileUpload(custom_id="file", required=False, max_values=3)
    )

    def __init__(self, bot: "Bot") -> None:
        super().__init__(custom_id="form")
        self._bot = bot

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        assert isinstance(self.wish.component, discord.ui.TextInput)
        assert isinstance(self.file.component, discord.ui.FileUpload)
        self._bot.submitted = (self.wish.component.value, [await file.read() for file in self.file.component.values])
        await interaction.response.send_message("thanks", ephemeral=True)


class Press(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tb1:(?P<verb>\w+):(?P<id>\d+)"):
    def __init__(self, label: str, verb: str) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"tb1:{verb}:7"))
        self.verb = verb

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: Any, /) -> "Press":
        return cls(item.label, match["verb"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if self.verb == "revise":
            await interaction.response.send_modal(Form(interaction.client))
        else:
            await interaction.response.edit_message(view=None, content="pressed")


@dataclass(eq=False)
class Seen:
    messages: list[discord.Message] = field(default_factory=list)
    events: list[str] = field(default_factory=list)


class Bot(discord.AutoShardedClient):
    def __init__(self, shards: int = 1, intents: discord.Intents = ALL) -> None:
        super().__init__(
            intents=intents,
            shard_count=shards,
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.seen = Seen()
        self.submitted: tuple[str, list[bytes]] | None = None
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="imagine", description="Draw")(imagine)
        self.tree.add_command(app_commands.ContextMenu(name="Describe", callback=describe))
        self.add_dynamic_items(Press)

    def room(self, channel: "Channel") -> Any:
        """The bot's own view of a channel."""
        return self.get_channel(channel.id)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        self.seen.messages.append(message)

    async def on_socket_event_type(self, event: str) -> None:
        self.seen.events.append(event)


@app_commands.rename(picture_file="image1")
async def imagine(
    interaction: discord.Interaction[Any], prompt: str, picture_file: discord.Attachment | None = None
) -> None:
    await interaction.response.defer(ephemeral=prompt == "hidden")
    data = await picture_file.read() if picture_file else b"nothing"
    view = discord.ui.View(timeout=None)
    view.add_item(Press("Revise", "revise"))
    view.add_item(Press("Done", "done"))
    await interaction.edit_original_response(
        content=f"drew {prompt}",
        view=view,
        attachments=[discord.File(io.BytesIO(data), "a.png", description="alt words")],
    )


async def describe(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.response.send_message(f"it says {message.content}", ephemeral=True)


@contextlib.asynccontextmanager
async def connected(fake: "FakeDiscord", shards: int = 1, intents: discord.Intents = ALL) -> AsyncIterator[Bot]:
    async with Bot(shards, intents) as bot, asyncio.TaskGroup() as group:
        running = group.create_task(bot.start(fake.token))
        await asyncio.wait_for(bot.wait_until_ready(), 10)
        try:
            yield bot
        finally:
            await bot.close()
            await running
