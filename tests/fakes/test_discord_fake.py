"""The fake Discord against the real discord.py client: what people and the bot do."""

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import discord
import pytest
import yarl
from aiohttp import ClientSession
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.contract.discord_watch import watched
from tests.fakes.discord import FakeDiscord, Modal
from tests.fakes.discord.probe import ALL, connected, picture


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(seed=1) as running:
        monkeypatch.setattr(Route, "BASE", running.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(running.gateway_url))
        yield running


@pytest.fixture
def judged(fake: FakeDiscord) -> Iterator[None]:
    """All requests and events are ones that Discord's own documents allow."""
    with watched(fake):
        yield


@pytest.mark.slow  # discord.py waits five seconds before each further shard
@pytest.mark.usefixtures("judged")
async def test_d28_each_shard_is_ready_with_its_own_servers_and_direct_messages_reach_the_first(fake: FakeDiscord):
    first, second = fake.add_guild("first"), fake.add_guild("second")
    ana = fake.add_user("ana")
    first.add_member(ana)
    second.add_member(ana)
    one, two = first.add_text_channel("art"), second.add_text_channel("art")
    async with connected(fake, shards=2) as bot:
        assert {guild.shard_id for guild in bot.guilds} == {0, 1}
        assert sorted(identify["shard"] for identify in fake.gateway.identifies) == [[0, 2], [1, 2]]
        for channel in (one, two, fake.open_dm(ana)):
            await channel.say(ana, "hello", attachments=[("cat.png", picture())])
        await fake.wait_until(lambda: len(bot.seen.messages) == 3)
        assert {message.content for message in bot.seen.messages} == {"hello"}
        assert await bot.seen.messages[0].attachments[0].read() == picture()
        permissions = bot.room(one).permissions_for(bot.room(one).guild.me)
        assert permissions.send_messages
        one.deny_bot("send_messages")
        await fake.wait_until(lambda: "CHANNEL_UPDATE" in bot.seen.events)
        with pytest.raises(discord.Forbidden) as refused:
            await bot.room(one).send("no")
        assert refused.value.code == 50013


@pytest.mark.usefixtures("judged")
async def test_d14_the_same_nonce_makes_one_message_until_the_window_has_passed(fake: FakeDiscord):
    channel = fake.add_guild("w").add_text_channel("art")
    async with connected(fake) as bot:
        room = bot.room(channel)
        sent = [await room.send("once", nonce="tb-1") for _ in range(2)]
        assert sent[0].id == sent[1].id
        assert len(channel.messages) == 1
        fake.clock.advance(301)
        assert (await room.send("again", nonce="tb-1")).id != sent[0].id


@pytest.mark.usefixtures("judged")
async def test_d4_a_command_is_deferred_and_its_original_edited_with_a_file(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana", locale="ko")
    guild.add_member(ana)
    async with connected(fake):
        interaction = await ana.command(
            channel, "imagine", {"prompt": "a cat"}, attachments={"image1": ("a.png", picture())}
        )
        await interaction.wait_acknowledged()
        message = await channel.wait_for(lambda found: "drew" in found.text)
        assert interaction.original is message
        assert message.text.startswith("drew a cat")
        assert message.attachments[0].data == picture()
        assert message.attachments[0].description == "alt words"
        assert [version.flags & 128 for version in message.edits] == [128]
        with pytest.raises(ValueError, match="needs"):
            await ana.command(channel, "imagine", {})


@pytest.mark.usefixtures("judged")
async def test_d7_a_button_of_an_old_message_shows_a_modal_that_takes_a_file(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake):
        await ana.command(channel, "imagine", {"prompt": "a cat"})
        message = await channel.wait_for(lambda found: found.buttons)
    async with connected(fake) as restarted:
        click = await ana.click(message, label="Revise")
        await click.wait_acknowledged()
        assert isinstance(click.response, Modal)
        sent = await ana.submit(
            click.response, {"What to change": "blue"}, files={"Pictures": ("b.png", picture("blue"))}
        )
        await sent.wait_acknowledged()
        assert restarted.submitted == ("blue", [picture("blue")])
        assert sent.original is not None
        assert sent.original.is_ephemeral
        assert sent.original not in channel.messages
        done = await ana.click(message, label="Done")
        await done.wait_acknowledged()
        assert message.text == "pressed"


@pytest.mark.usefixtures("judged")
async def test_d2_a_token_is_worthless_after_fifteen_minutes_and_acknowledges_only_once(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake):
        interaction = await ana.command(channel, "imagine", {"prompt": "hidden"})
        await fake.wait_until(lambda: interaction.original and "drew" in interaction.original.text)
        assert channel.messages == []
        await fake.redeliver(interaction)
        await fake.wait_until(lambda: interaction.refused == 1)
        fake.clock.advance(901)
        async with ClientSession() as session:
            url = f"{fake.api_url}/webhooks/{fake.application_id}/{interaction.token}/messages/@original"
            async with session.get(url) as answer:
                assert (answer.status, (await answer.json())["code"]) == (401, 50027)


@pytest.mark.usefixtures("judged")
async def test_d12_without_the_intent_only_mentions_and_direct_messages_and_menu_commands_are_read(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake, intents=discord.Intents.default()) as bot:
        room = bot.room(channel)
        await room.send("regular")
        regular = channel.messages[-1]
        plain = await channel.say(ana, "plain")
        await channel.say(ana, f"{fake.bot.mention} named")
        await channel.say(ana, "pinged", reply_to=regular)
        await channel.say(ana, "silent", reply_to=regular, ping=False)
        await fake.open_dm(ana).say(ana, "direct")
        await fake.wait_until(lambda: len(bot.seen.messages) == 6)
        texts = [message.content for message in bot.seen.messages if message.author.id == ana.id]
        assert texts == ["", f"<@{fake.bot.id}> named", "pinged", "", "direct"]
        assert [message.content async for message in room.history()][::-1][1:3] == texts[:2]
        interaction = await ana.message_command(plain, "Describe")
        await interaction.wait_acknowledged()
        assert interaction.original is not None
        assert interaction.original.text == "it says plain"


@pytest.mark.usefixtures("judged")
async def test_d25_threads_open_from_messages_and_a_locked_one_refuses(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, forum, ana = guild.add_text_channel("art"), guild.add_forum("posts"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake) as bot:
        message = await channel.say(ana, "a fox")
        await fake.wait_until(lambda: bot.seen.messages)
        thread = await bot.seen.messages[0].create_thread(name="a fox")
        assert thread.id == message.id
        await thread.send("in it")
        own = channel.threads[0]
        assert own.messages[-1].text == "in it"
        await own.archive()
        await thread.send("opens it again")
        assert not own.archived
        await own.archive(locked=True)
        with pytest.raises(discord.Forbidden) as refused:
            await thread.send("no")
        assert refused.value.code == 50083
        post = await forum.post(ana, "title", "first words")
        await fake.wait_until(lambda: any(found.content == "first words" for found in bot.seen.messages))
        assert post.messages[0].id == post.id
        await post.delete()
        with pytest.raises(discord.NotFound) as gone:
            await bot.fetch_channel(post.id)
        assert gone.value.code == 10003


@pytest.mark.usefixtures("judged")
async def test_d15_everyone_pings_only_who_may_and_was_allowed_to(fake: FakeDiscord):
    guild = fake.add_guild("w")
    guild.bot_permissions = guild.bot_permissions | (1 << 17)
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    async with connected(fake) as bot:
        room = bot.room(channel)
        await room.send(f"@everyone {ana.mention}")
        await room.send(f"@everyone {ana.mention}", allowed_mentions=discord.AllowedMentions.all())
    assert [message.pinged for message in channel.messages] == [set(), {"everyone", ana.id}]


async def test_d22_layouts_must_show_every_file_and_stay_layouts(fake: FakeDiscord):
    channel = fake.add_guild("w").add_text_channel("art")
    async with connected(fake) as bot:
        room = bot.room(channel)
        view = discord.ui.LayoutView(timeout=None)
        gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://a.png"))
        view.add_item(discord.ui.Container(discord.ui.TextDisplay("AI-generated"), gallery))
        sent = await room.send(view=view, file=discord.File(io.BytesIO(picture()), "a.png"))
        assert channel.messages[0].text == "AI-generated"
        assert sent.attachments == []  # what components show is not listed again
        shown = sent.components[0].children[1].items[0].media
        assert shown.url.startswith(fake.base_url)
        async with ClientSession() as session, session.get(shown.url) as answer:
            assert await answer.read() == picture()
        edited = discord.ui.LayoutView.from_message(sent, timeout=None)
        edited.add_item(discord.ui.TextDisplay("done"))
        await sent.edit(view=edited)
        assert channel.messages[0].text == "AI-generated\ndone"
        assert channel.messages[0].attachments[0].data == picture()
        with pytest.raises(discord.HTTPException) as refused:
            await room.send(view=view, files=[discord.File(io.BytesIO(b"1"), name) for name in ("a.png", "b.png")])
        assert refused.value.code == 50035
        with pytest.raises(discord.HTTPException) as refused:
            await bot.http.request(
                Route(
                    "PATCH", "/channels/{channel_id}/messages/{message_id}", channel_id=channel.id, message_id=sent.id
                ),
                json={"flags": 0, "content": "plain", "components": []},
            )
        assert refused.value.code == 50035


@pytest.mark.usefixtures("judged")
async def test_d17_a_file_over_the_servers_limit_is_refused(fake: FakeDiscord):
    small, large = fake.add_guild("s").add_text_channel("a"), fake.add_guild("l", premium_tier=2).add_text_channel("a")
    data = bytes(11 << 20)
    async with connected(fake) as bot:
        await bot.room(large).send(file=discord.File(io.BytesIO(data), "a.bin"))
        with pytest.raises(discord.HTTPException) as refused:
            await bot.room(small).send(file=discord.File(io.BytesIO(data), "a.bin"))
        assert (refused.value.status, refused.value.code) == (413, 40005)


@pytest.mark.usefixtures("judged")
async def test_members_are_listed_for_a_bot_that_asks_for_them(fake: FakeDiscord):
    guild = fake.add_guild("w")
    guild.add_member(fake.add_user("ana"))
    async with connected(fake, intents=ALL | discord.Intents(members=True)) as bot:
        assert {member.name for member in bot.guilds[0].members} == {"ana", "owner-of-w", "Threadbrush"}


@pytest.mark.usefixtures("judged")
async def test_a_file_that_an_embed_shows_is_not_listed_again(fake: FakeDiscord):
    channel = fake.add_guild("w").add_text_channel("art")
    async with connected(fake) as bot:
        embed = discord.Embed(title="a cat").set_image(url="attachment://a.png")
        sent = await bot.room(channel).send(embed=embed, file=discord.File(io.BytesIO(picture()), "a.png"))
        assert sent.attachments == []
        assert sent.embeds[0].image.url.startswith(fake.base_url)
        assert channel.messages[0].text == "a cat"


@pytest.mark.usefixtures("judged")
async def test_d3_where_only_a_person_installed_the_bot_it_may_follow_up_five_times(fake: FakeDiscord):
    ana, ben = fake.add_user("ana"), fake.add_user("ben")
    private = fake.open_private(ana, ben)
    async with connected(fake) as bot:
        refused: list[int] = []

        async def tell(interaction: discord.Interaction[Any]) -> None:
            assert interaction.context.private_channel
            await interaction.response.send_message("first")
            for number in range(6):
                try:
                    await interaction.followup.send(str(number))
                except discord.HTTPException as exc:
                    refused.append(exc.code)

        command: Any = app_commands.Command(name="tell", description="Tell", callback=tell)
        command = app_commands.allowed_installs(guilds=True, users=True)(command)
        bot.tree.add_command(app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(command))
        await bot.tree.sync()
        interaction = await ana.command(private, "tell", installed="user")
        await fake.wait_until(lambda: refused)
        assert [message.text for message in interaction.messages] == ["first", "0", "1", "2", "3", "4"]
        with pytest.raises(discord.NotFound):
            await bot.fetch_channel(private.id)


async def test_d25_the_bot_posts_into_a_forum_and_is_refused_a_missing_tag(fake: FakeDiscord):
    guild = fake.add_guild("w")
    forum, strict = guild.add_forum("posts"), guild.add_forum("strict", require_tag=True)
    async with connected(fake) as bot:
        made = await bot.room(forum).create_thread(
            name="title", content="first", file=discord.File(io.BytesIO(b"1"), "a.txt")
        )
        assert made.message.id == made.thread.id == forum.threads[0].id
        assert forum.threads[0].messages[0].attachments[0].data == b"1"
        with pytest.raises(discord.HTTPException) as refused:
            await bot.room(strict).create_thread(name="title", content="first")
        assert refused.value.code == 40067


@pytest.mark.usefixtures("judged")
async def test_an_edit_keeps_the_files_it_names_and_adds_others(fake: FakeDiscord):
    channel = fake.add_guild("w").add_text_channel("art")
    async with connected(fake) as bot:
        files = [discord.File(io.BytesIO(name.encode()), name) for name in ("a.txt", "b.txt")]
        sent = await bot.room(channel).send("x", files=files)
        await sent.edit(attachments=[sent.attachments[1], discord.File(io.BytesIO(b"c"), "c.txt")])
        assert [file.data for file in channel.messages[0].attachments] == [b"b.txt", b"c"]
        await sent.edit(content="y")
        assert [file.data for file in channel.messages[0].attachments] == [b"b.txt", b"c"]
        assert [version.content for version in channel.messages[0].edits] == ["x", "x"]
        await sent.add_reaction("👍")
        assert channel.messages[0].reactions == {"👍": [fake.bot]}
        await sent.delete()
        assert channel.messages == []
