"""The fake Discord against the real discord.py client: what goes wrong, ends, or is too much."""

import io
import json
import zlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import discord
import PIL.Image
import pytest
import yarl
import zstandard
from aiohttp import ClientError, ClientSession
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.contract.discord_watch import watched
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.faults import Faults
from tests.fakes.discord.probe import connected, picture


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(seed=1) as running:
        monkeypatch.setattr(Route, "BASE", running.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(running.gateway_url))
        with watched(running):
            yield running


def _has_resumed(fake: FakeDiscord, times: int) -> bool:
    return fake.gateway.counts["resumed"] == times


async def test_what_was_missed_is_replayed_after_a_cut_and_after_op_7(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake) as bot:
        for disturb in (fake.gateway.cut, fake.gateway.reconnect):
            resumed = fake.gateway.counts["resumed"] + 1
            disturb()
            if disturb == fake.gateway.cut:
                await channel.say(ana, "while away")
            await fake.wait_until(partial(_has_resumed, fake, resumed))
        await channel.say(ana, "and now")
        await fake.wait_until(lambda: len(bot.seen.messages) == 2)
    assert fake.gateway.counts["identified"] == 1


@pytest.mark.slow
async def test_a_session_declared_invalid_begins_anew(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake) as bot:
        fake.gateway.invalidate()
        await fake.wait_until(lambda: fake.gateway.counts["identified"] == 2, 20)
        await channel.say(ana, "new")
        await fake.wait_until(lambda: bot.seen.messages)


async def test_d27_limits_of_bucket_and_everything_are_waited_out(fake: FakeDiscord):
    channel = fake.add_guild("w").add_text_channel("art")
    async with connected(fake) as bot:
        room = bot.room(channel)
        fake.faults.rate_limit(seconds=0.05, method="POST", path="/channels/*/messages")
        fake.faults.rate_limit(seconds=0.05, everywhere=True, method="POST", path="/channels/*/messages")
        await room.send("late")
        assert [each.status for each in fake.sent("POST", "/channels/{channel}/messages")] == [429, 429, 200]
        assert fake.limits.refused == {"bucket": 1, "global": 1}
        fake.limits.set("POST", "/channels/{channel}/messages", limit=2, per=0.2)
        fake.clock.advance(2)
        for _ in range(5):
            await room.send("x")
        assert len(channel.messages) == 6
        assert fake.limits.refused["bucket"] == 1  # the client kept to the headers


async def test_a_500_is_tried_again_and_a_lost_answer_shows_one_message_by_its_nonce(fake: FakeDiscord):
    channel = fake.add_guild("w").add_text_channel("art")
    async with connected(fake) as bot:
        room = bot.room(channel)
        fake.faults.error(status=500, method="POST", path="/channels/*/messages")
        await room.send("tried again", nonce="a")
        for trouble, kept in ((fake.faults.lose_answer, 2), (fake.faults.cut, 2)):
            trouble(method="POST", path="/channels/*/messages")
            with pytest.raises((discord.HTTPException, ClientError)):
                await room.send("lost", nonce="b")
            assert len(channel.messages) == kept
        await room.send("lost", nonce="b")
    assert [message.text for message in channel.messages] == ["tried again", "lost"]
    assert fake.faults.counts == {"error": 1, "answer_lost": 1, "cut": 1}


async def test_d20_links_expire_and_the_message_gives_new_ones_and_previews_lose_metadata(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake) as bot:
        await channel.say(ana, "look", attachments=[("cat.png", picture())])
        await fake.wait_until(lambda: bot.seen.messages)
        fake.clock.advance(fake.cdn.lifetime + 1)
        with pytest.raises(discord.NotFound):
            await bot.seen.messages[0].attachments[0].read()
        fresh = await bot.room(channel).fetch_message(bot.seen.messages[0].id)
        assert await fresh.attachments[0].read() == picture()
        async with ClientSession() as session, session.get(fresh.attachments[0].proxy_url) as answer:
            preview = PIL.Image.open(io.BytesIO(await answer.read()))
        assert (preview.format, preview.size) == ("WEBP", (467, 350))
        assert not preview.getexif()


async def test_d5_choices_are_shown_and_unregistered_commands_cannot_be_used(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)

    async def offer(_interaction: Any, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}at", value=current)]

    async with connected(fake) as bot:
        command: Any = bot.tree.get_command("imagine")
        command.autocomplete("prompt")(offer)
        await bot.tree.sync()
        choices = await ana.autocomplete(channel, "imagine", {"prompt": "fl"}, focused="prompt")
        assert choices == [{"name": "flat", "value": "fl"}]
        with pytest.raises(Exception, match="registered no"):
            await ana.command(channel, "nothing")


async def test_d30_removal_and_deletion_are_told(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake) as bot:
        message = await channel.say(ana, "x")
        await message.edit("y")
        await message.delete()
        await channel.delete()
        await guild.kick_bot()
        await fake.wait_until(lambda: "GUILD_DELETE" in bot.seen.events)
        assert not bot.guilds
        assert bot.seen.events[-5:] == [
            "MESSAGE_CREATE",
            "MESSAGE_UPDATE",
            "MESSAGE_DELETE",
            "CHANNEL_DELETE",
            "GUILD_DELETE",
        ]


async def test_d28_too_many_connections_at_once_are_turned_away(fake: FakeDiscord):
    fake.gateway.max_concurrency = 1
    async with ClientSession() as session:
        for expected in (0, 9):
            async with session.ws_connect(fake.gateway_url) as socket:
                await socket.receive_json()
                await socket.send_json({"op": 2, "d": {"token": fake.token, "intents": 1, "properties": {}}})
                assert (await socket.receive_json())["op"] == expected
    assert fake.gateway.counts["identify_too_fast"] == 1


async def test_seeded_troubles_strike_the_same_requests_again(fake: FakeDiscord):
    channel = fake.add_guild("w").add_text_channel("art")
    url = f"{fake.api_url}/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {fake.token}"}
    fake.faults.error(None, status=503, probability=0.3, method="POST")
    fake.faults.slow(1, seconds=0.05, method="GET")
    async with ClientSession(headers=headers) as session:
        statuses = []
        for number in range(20):
            async with session.post(url, json={"content": str(number)}) as answer:
                statuses.append(answer.status)
        async with session.get(url) as answer:
            assert answer.headers["Content-Type"] == "application/json"
            assert len(await answer.json()) == len(channel.messages)
    again = Faults(1)
    again.error(None, status=503, probability=0.3)
    expected = [503 if again.meet("POST", "/", "/") else 200 for _ in range(20)]
    assert statuses == expected
    assert {200, 503} == set(statuses)
    assert [each.applied for each in fake.sent("POST")] == [status == 200 for status in statuses]
    assert fake.faults.counts == {"error": statuses.count(503), "slow": 1}


async def test_events_come_compressed_as_the_client_asks(fake: FakeDiscord):
    fake.add_guild("w")
    identify = {"op": 2, "d": {"token": fake.token, "intents": 1, "properties": {}}}
    unpackers: dict[str, Any] = {
        "zlib-stream": zlib.decompressobj().decompress,
        "zstd-stream": zstandard.ZstdDecompressor().decompressobj().decompress,
    }
    async with ClientSession() as session:
        for kind, unpack in unpackers.items():
            async with session.ws_connect(f"{fake.gateway_url}?v=10&encoding=json&compress={kind}") as socket:
                names = [json.loads(unpack(await socket.receive_bytes()))["op"]]
                await socket.send_json(identify)
                names += [json.loads(unpack(await socket.receive_bytes()))["t"] for _ in range(2)]
            assert names == [10, "READY", "GUILD_CREATE"]


async def test_what_is_said_while_no_bot_is_there_only_history_knows(fake: FakeDiscord):
    guild = fake.add_guild("w")
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake):
        await channel.say(ana, "first")
    await channel.say(ana, "second")
    async with connected(fake) as bot:
        assert bot.room(channel).last_message_id == channel.messages[-1].id
        found = [message.content async for message in bot.room(channel).history(oldest_first=True)]
        assert found == ["first", "second"]
        assert bot.seen.messages == []


async def test_d2_in_a_server_without_the_bot_only_the_interaction_can_be_answered(fake: FakeDiscord):
    guild = fake.add_guild("w", bot=False)
    channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
    guild.add_member(ana)
    async with connected(fake) as bot:
        command: Any = bot.tree.get_command("imagine")
        command.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
        await bot.tree.sync()
        interaction = await ana.command(channel, "imagine", {"prompt": "a cat"}, installed="user")
        await interaction.wait_for(lambda message: "drew" in message.text)
        with pytest.raises(discord.Forbidden) as refused:
            await bot.fetch_channel(channel.id)
        assert refused.value.code == 50001
