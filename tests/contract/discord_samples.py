"""What discord.py 2.7.1 can be made to ask of Discord by a bot like ours: one small program each.

Owns: the list. It uses the library's own objects and sockets, so that what is judged is what the library writes.
Not known here: what the bot in fact does; that is watched where the bot runs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.contract import discord_loopback as there
from tests.contract.discord_loopback import Heard, connecting, listening
from tests.contract.discord_pieces import (
    Korean,
    choices,
    command_tree,
    layout,
    layout_files,
    modal,
    picture,
    plain_view,
)

Program = Callable[[discord.Client], Awaitable[Any]]
PROGRAMS: dict[str, Program] = {}
NOBODY = discord.AllowedMentions.none()
TOKEN = "a.bot.token"  # noqa: S105 - nobody's


def program(made: Program) -> Program:
    """Enter a program under its name."""
    PROGRAMS[made.__name__.replace("_", " ")] = made
    return made


def run_programs() -> dict[str, list[Heard]]:
    """Run each program over a loopback socket; what it asked, by its name."""
    return asyncio.run(_run_programs())


async def _run_programs() -> dict[str, list[Heard]]:
    heard: list[Heard] = []
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        async with listening(heard) as base:
            patch.setattr(Route, "BASE", base)
            async with discord.Client(intents=discord.Intents.none(), enable_debug_events=False) as client:
                await client.login(TOKEN)
                found["log in"] = heard[:]
                for name, run in PROGRAMS.items():
                    heard.clear()
                    await run(client)
                    found[name] = heard[:]
    return found


def run_sockets() -> list[Any]:
    """Let discord.py speak over a gateway's socket in each way a bot does; the frames it sent."""
    return asyncio.run(_run_sockets())


async def _run_sockets() -> list[Any]:
    frames: list[Any] = []
    async with listening([]) as base, connecting(frames) as address:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Route, "BASE", base)
            async with discord.Client(intents=discord.Intents.default(), enable_debug_events=False) as client:
                await client.login(TOKEN)
                client._connection.shard_count = 2
                for options in ({"shard_id": None}, {"shard_id": 1}, {"resume": True, "session": "s", "sequence": 5}):
                    given: Any = {"gateway": yarl.URL(address), "compress": False, "initial": True, **options}
                    socket = await DiscordWebSocket.from_client(client, **given)
                    await socket.change_presence(activity=discord.CustomActivity("/imagine"), status="online")
                    await socket.close()
    return frames


def channel(client: discord.Client, place: int = there.CHANNEL) -> discord.PartialMessageable:
    return client.get_partial_messageable(place, guild_id=there.GUILD, type=discord.ChannelType.text)


def post(client: discord.Client) -> discord.PartialMessage:
    return channel(client).get_partial_message(there.MESSAGE)


def interaction(client: discord.Client, kind: int = 2) -> discord.Interaction:
    """One that has just come: a command (2), a button (3) or an autocompletion (4)."""
    data = (
        {"component_type": 2, "custom_id": "tb1:vary:0192f7"}
        if kind == 3
        else {"id": "1", "name": "imagine", "type": 1}
    )
    payload: Any = {
        "id": str(there.INTERACTION),
        "application_id": str(there.BOT),
        "type": kind,
        "token": there.INTERACTION_TOKEN,
        "version": 1,
        "data": data,
        "channel_id": str(there.CHANNEL),
        "channel": {"id": str(there.CHANNEL), "type": 1, "recipients": []},
        "user": {**there.USER, "id": str(there.PERSON), "bot": False},
        "attachment_size_limit": 10 << 20,
        "app_permissions": "0",
        "locale": "ko",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "context": 1,
    }
    if kind == 3:
        payload["message"] = there.POSTED
    return discord.Interaction(data=payload, state=client._connection)


@program
async def send_a_line(client):
    await channel(client).send("Drawing…", nonce="tb-0192f7a0b1c2d3e4", allowed_mentions=NOBODY, silent=True)


@program
async def send_a_line_that_may_ping_its_requester(client):
    mentions = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(there.PERSON)])
    await channel(client).send(f"<@{there.PERSON}>", nonce="tb-1", allowed_mentions=mentions, suppress_embeds=True)


@program
async def send_a_reply(client):
    await channel(client).send("Here", reference=post(client), mention_author=False, nonce="tb-2")


@program
async def send_pictures_with_buttons(client):
    files = [picture(), picture("two.png", spoiler=True)]
    await channel(client).send("A fox", files=files, view=plain_view(), nonce="tb-3", allowed_mentions=NOBODY)


@program
async def send_a_picture_with_an_embed(client):
    embed = discord.Embed(title="A fox", description="asleep", color=0x445566).set_image(url="attachment://fox.png")
    embed.set_footer(text="AI-generated").add_field(name="Size", value="1024×1024")
    await channel(client).send(file=picture(), embed=embed, allowed_mentions=NOBODY)


@program
async def send_a_layout(client):
    await channel(client).send(view=layout(), files=layout_files(), nonce="tb-4", allowed_mentions=NOBODY)


@program
async def edit_the_words(client):
    await post(client).edit(content="Checking…", allowed_mentions=NOBODY)


@program
async def edit_into_a_picture(client):
    await post(client).edit(content="A fox", attachments=[picture()], view=plain_view(), allowed_mentions=NOBODY)


@program
async def edit_into_a_layout(client):
    await post(client).edit(
        content=None, embed=None, attachments=layout_files(), view=layout(), allowed_mentions=NOBODY
    )


@program
async def edit_and_keep_what_is_attached(client):
    old = discord.Attachment(data=cast("Any", there.ATTACHMENT), state=client._connection)
    await post(client).edit(content="Both", attachments=[old, picture()])


@program
async def edit_to_take_everything_away(client):
    await post(client).edit(content="Deleted", attachments=[], view=None, embeds=[])


@program
async def delete_a_post(client):
    await post(client).delete()


@program
async def read_a_post(client):
    await post(client).fetch()


@program
async def read_the_history(client):
    after = discord.Object(there.MESSAGE)
    _ = [each async for each in channel(client).history(limit=50, after=after, oldest_first=True)]
    _ = [each async for each in channel(client).history(limit=50, before=after)]
    _ = [each async for each in channel(client).history(limit=10, around=after)]


@program
async def show_that_it_is_typing(client):
    await channel(client).typing()


@program
async def react(client):
    await post(client).add_reaction("👍")
    await post(client).remove_reaction("👍", discord.Object(there.BOT))
    await post(client).clear_reactions()


@program
async def open_a_thread_on_a_post(client):
    await client.http.start_thread_with_message(
        there.CHANNEL, there.MESSAGE, name="a fox", auto_archive_duration=1440, reason="asked"
    )


@program
async def open_a_thread_without_a_post(client):
    await client.http.start_thread_without_message(
        there.CHANNEL, name="a fox", auto_archive_duration=1440, type=11, invitable=True, rate_limit_per_user=None
    )


@program
async def open_a_post_in_a_forum(client):
    parameters = {"name": "a fox", "auto_archive_duration": 1440, "applied_tags": [str(there.TAG)]}
    with discord.http.handle_message_parameters(
        content="A fox", files=[picture()], view=plain_view(), allowed_mentions=NOBODY, channel_payload=parameters
    ) as given:
        await client.http.start_thread_in_forum(there.FORUM, params=given)


@program
async def look_after_a_thread(client):
    await client.http.edit_channel(there.THREAD, archived=False, locked=False, reason=None)
    await client.http.edit_channel(there.THREAD, name="a blue fox", applied_tags=[str(there.TAG)], reason=None)
    await client.http.join_thread(there.THREAD)
    await client.http.add_user_to_thread(there.THREAD, there.PERSON)
    await client.http.get_channel(there.THREAD)
    await client.http.get_active_threads(there.GUILD)
    await client.http.get_public_archived_threads(there.CHANNEL, before=None, limit=50)
    await client.http.get_public_archived_threads(there.CHANNEL, before=there.WHEN, limit=50)
    await client.http.leave_thread(there.THREAD)


@program
async def look_around(client):
    await client.http.get_guild(there.GUILD)
    await client.http.get_member(there.GUILD, there.BOT)
    await client.http.get_user(there.PERSON)
    await client.http.get_all_guild_channels(there.GUILD)
    await client.http.get_roles(there.GUILD)
    await client.http.get_guilds(200)
    await client.http.leave_guild(there.GUILD)


@program
async def write_to_a_person(client):
    await client.http.start_private_message(there.PERSON)


@program
async def find_the_gateway(client):
    await client.http.request(Route("GET", "/gateway/bot"))
    await client.http.request(Route("GET", "/gateway"))


@program
async def acknowledge_a_command(client):
    await interaction(client).response.defer(ephemeral=True, thinking=True)


@program
async def acknowledge_a_button(client):
    await interaction(client, 3).response.defer()


@program
async def answer_a_command_in_words(client):
    await interaction(client).response.send_message("Not so fast", ephemeral=True, allowed_mentions=NOBODY)


@program
async def answer_a_command_with_a_layout(client):
    await interaction(client).response.send_message(
        view=layout(), files=layout_files(), ephemeral=True, allowed_mentions=NOBODY
    )


@program
async def answer_a_button_by_a_change(client):
    await interaction(client, 3).response.edit_message(content="Again", view=plain_view(), attachments=[picture()])


@program
async def answer_with_a_modal(client):
    await interaction(client, 3).response.send_modal(modal())


@program
async def answer_with_a_modal_of_choices(client):
    await interaction(client, 3).response.send_modal(choices())


@program
async def complete_what_is_typed(client):
    names = {discord.Locale.korean: "잉크"}
    suggested = [
        app_commands.Choice(name=app_commands.locale_str("Ink"), value="ink"),
        app_commands.Choice(name="Paper", value="paper"),
    ]
    suggested[0].name_localizations = names
    await interaction(client, 4).response.autocomplete(suggested)


@program
async def edit_the_original_answer(client):
    came = interaction(client)
    await came.edit_original_response(content="Checking…", allowed_mentions=NOBODY)
    await came.edit_original_response(
        content="A fox", attachments=[picture()], view=plain_view(), allowed_mentions=NOBODY
    )
    await came.edit_original_response(view=layout(), attachments=layout_files(), content=None)


@program
async def read_and_delete_the_original_answer(client):
    await interaction(client).original_response()
    await interaction(client).delete_original_response()


@program
async def follow_up(client):
    came = interaction(client)
    await came.followup.send("A fox", file=picture(), ephemeral=True, wait=True, allowed_mentions=NOBODY)
    await came.followup.send(view=layout(), files=layout_files(), wait=True, allowed_mentions=NOBODY)
    await came.followup.edit_message(there.MESSAGE, content="Another", attachments=[picture()])
    await came.followup.fetch_message(there.MESSAGE)
    await came.followup.delete_message(there.MESSAGE)


@program
async def tell_the_commands(client):
    tree = command_tree(client)
    await tree.sync()
    await tree.sync(guild=discord.Object(there.GUILD))
    await tree.set_translator(Korean())
    await tree.sync()
    await tree.fetch_commands()
