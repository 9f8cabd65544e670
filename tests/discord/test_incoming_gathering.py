"""Orders are completed with what was said before and with the files that people showed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from bots.courier import TryLater
from bots.discord import downloads
from bots.discord.downloads import Downloads, Gone, TooMuch, is_allowed
from bots.order import Order
from moderation.intake import MAX_BYTES
from tests.discord.listening import Listener, job_id, key, listening
from tests.discord.places import Place, answer
from tests.fakes.discord import Channel, FakeDiscord
from tests.storage.samples import WHEN, picture

RED, BLUE = picture(color="#aa0000"), picture(color="#0000aa")


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


@pytest.fixture
def place(fake: FakeDiscord) -> Place:
    return Place(fake)


@pytest.fixture
async def bot(fake: FakeDiscord, place: Place, tmp_path: Path) -> AsyncIterator[Listener]:
    assert place.guild.has_bot
    async with listening(fake, tmp_path / "data") as listener:
        yield listener


async def staged(bot: Listener, order: Order) -> list[tuple[int, str, bytes]]:
    return [(upload.turn, upload.name, await bot.app.staging.read(order.job, upload.file)) for upload in order.uploads]


def words(order: Order) -> list[str]:
    return [turn.text for turn in order.conversation.turns]


def reads(bot: Listener, channel: Channel) -> int:
    return sum(one.path == f"/channels/{channel.id}/messages" for one in bot.fake.sent("GET"))


async def test_d12_the_thread_before_the_bot_came_is_read_once_with_who_said_what(bot: Listener, place: Place) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    await thread.say(place.ana, "I want an apple")
    await thread.say(place.ben, "a red one")
    first = await bot.gathered(await thread.say(place.ana, f"{bot.fake.bot.mention} draw that"))
    await thread.say(place.ben, "not bad")
    second = await bot.gathered(await thread.say(place.ana, f"{bot.fake.bot.mention} larger"))

    assert words(first) == ["I want an apple", "a red one", "draw that"]
    assert [turn.author for turn in first.conversation.turns] == ["ana", "ben", "ana"]
    assert [turn.to_bot for turn in first.conversation.turns] == [False, False, True]
    assert words(second) == ["I want an apple", "a red one", "draw that", "not bad", "larger"]
    assert second.conversation.turns[2].job == first.job
    assert reads(bot, thread) == 1


@pytest.mark.slow
async def test_d28_after_a_new_gateway_session_the_thread_is_read_again(bot: Listener, place: Place) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    await bot.gathered(await thread.say(place.ana, f"{bot.fake.bot.mention} an apple"))
    session = bot.client.session_of(place.guild.id)
    bot.fake.gateway.cut()
    bot.fake.gateway.forget_sessions()
    await thread.say(place.ben, "with a leaf")
    await bot.until(lambda: bot.client.session_of(place.guild.id) > session and bot.client.catch_up.idle)
    order = await bot.gathered(await thread.say(place.ana, f"{bot.fake.bot.mention} larger"))

    assert words(order) == ["an apple", "with a leaf", "larger"]


async def test_d20_files_of_the_newest_turn_come_first_and_earlier_ones_that_nobody_looked_at_too(
    bot: Listener, place: Place
) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    await thread.say(place.ben, "my cat", attachments=[("cat.png", BLUE)])
    said = await thread.say(
        place.ana, f"{bot.fake.bot.mention} put it on this", attachments=[("a b.png", RED), ("anything", BLUE)]
    )
    order = await bot.gathered(said)

    assert await staged(bot, order) == [(1, "a_b.png", RED), (1, "anything", BLUE), (0, "cat.png", BLUE)]


async def test_d21_an_earlier_file_that_is_no_image_is_passed_over_and_does_not_spoil_the_request(
    bot: Listener, place: Place
) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    await thread.say(place.ben, "look", attachments=[("cat.png", b"not an image")])
    order = await bot.gathered(await thread.say(place.ana, f"{bot.fake.bot.mention} an apple"))

    assert order.uploads == ()
    assert order.problem is None


async def test_d20_an_expired_link_is_asked_for_anew_through_its_message(bot: Listener, place: Place) -> None:
    bot.fake.cdn.lifetime = 60
    said = await place.channel.say(place.ana, f"{bot.fake.bot.mention} use this", attachments=[("cat.png", RED)])
    await bot.job(said)
    bot.fake.clock.advance(3600)
    order = await bot.gathered(said)

    assert await staged(bot, order) == [(0, "cat.png", RED)]
    assert bot.fake.sent("GET", "/channels/{channel}/messages/{message}")


async def test_d20_in_a_thread_of_a_message_the_file_is_found_in_the_channel(bot: Listener, place: Place) -> None:
    bot.fake.cdn.lifetime = 60
    said = await place.channel.say(place.ana, f"{bot.fake.bot.mention} use this", attachments=[("cat.png", RED)])
    await bot.job(said)
    thread = await place.channel.start_thread(bot.fake.bot, "cat", said)
    bot.fake.clock.advance(3600)
    order = await bot.gathered(await thread.say(place.ana, "as a poster"))

    assert await staged(bot, order) == [(0, "cat.png", RED)]


async def test_d20_a_file_that_is_gone_for_good_is_named_to_who_gave_it(bot: Listener, place: Place) -> None:
    bot.fake.cdn.lifetime = 60
    said = await place.channel.say(place.ana, f"{bot.fake.bot.mention} use this", attachments=[("cat.png", RED)])
    order = await bot.order(said)
    bot.fake.clock.advance(3600)
    said.attachments.clear()  # what the bot is not told of, such as a file that Discord took down
    gathered = await bot.gatherer.gather(order)

    assert gathered.problem is not None
    assert (gathered.problem.key, gathered.problem.args) == ("attachment-gone", {"name": "cat.png"})
    assert gathered.uploads == ()


async def test_d21_a_file_that_says_it_is_too_large_is_not_even_fetched(bot: Listener, place: Place) -> None:
    said = await place.channel.say(place.ana, f"{bot.fake.bot.mention} use this", attachments=[("cat.png", RED)])
    order = await bot.order(said)
    turn = await bot.app.chats.turn(key(said))
    assert turn is not None
    huge = (replace(turn.attachments[0], size_bytes=MAX_BYTES + 1),)
    await bot.app.chats.edit_turn(turn.message, turn.text, huge, WHEN.replace(year=2030))
    gathered = await bot.gatherer.gather(order)

    assert gathered.problem is not None
    assert gathered.problem.key == "attachment-too-large"
    assert bot.fake.cdn.fetched == []


async def test_a_reply_to_somebody_s_picture_takes_it_along(bot: Listener, place: Place) -> None:
    shown = await place.channel.say(place.ben, "my cat", attachments=[("cat.png", BLUE)])
    order = await bot.gathered(
        await place.channel.say(place.ana, f"{bot.fake.bot.mention} on a poster", reply_to=shown)
    )

    assert words(order) == ["my cat", "on a poster"]
    assert await staged(bot, order) == [(0, "cat.png", BLUE)]


async def test_files_that_a_request_has_looked_at_are_not_fetched_again(bot: Listener, place: Place) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    first = await thread.say(place.ana, f"{bot.fake.bot.mention} use this", attachments=[("cat.png", RED)])
    await bot.gathered(first)
    await answer(bot, first, images=0, outcome="refused")
    order = await bot.gathered(await thread.say(place.ana, f"{bot.fake.bot.mention} an apple"))

    assert order.uploads == ()
    assert order.conversation.turns[0].job == job_id(first)


async def test_d27_trouble_on_the_way_is_tried_again_later(bot: Listener, place: Place) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    order = await bot.order(await thread.say(place.ana, f"{bot.fake.bot.mention} an apple"))
    bot.fake.faults.error(times=None, status=503, method="GET", path="/channels/*/messages")
    with pytest.raises(TryLater):
        await bot.gatherer.gather(order)
    bot.fake.faults.clear()

    assert words(await bot.gatherer.gather(order)) == ["an apple"]


async def test_d25_where_the_history_may_not_be_read_the_request_itself_is_enough(bot: Listener, place: Place) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    await thread.say(place.ben, "with a leaf")
    place.channel.deny_bot("read_message_history")
    order = await bot.gathered(await thread.say(place.ana, f"{bot.fake.bot.mention} an apple"))

    assert words(order) == ["an apple"]


async def test_d12_without_the_intent_stored_words_are_used_where_discord_hides_them(tmp_path: Path) -> None:
    async with FakeDiscord(message_content=False) as fake:
        place = Place(fake)
        async with listening(fake, tmp_path / "data", reads_content=False) as bot:
            thread = await place.channel.start_thread(place.ana, "ideas")
            await bot.gathered(await thread.say(place.ana, f"{fake.bot.mention} an apple"))
            await thread.say(place.ben, "nobody may read this")
            order = await bot.gathered(await thread.say(place.ana, f"{fake.bot.mention} larger"))

            assert words(order) == ["an apple", "larger"]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.png?ex=1", True),
        ("https://media.discordapp.net/attachments/1/2/a.png", True),
        ("http://cdn.discordapp.com/attachments/1/2/a.png", False),
        ("https://cdn.discordapp.com:8443/a.png", False),
        ("https://cdn.discordapp.com.evil.example/a.png", False),
        ("https://user@cdn.discordapp.com/a.png", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://127.0.0.1:9/a.png", True),
        ("http://127.0.0.1:10/a.png", False),
        ("file:///etc/passwd", False),
        ("http://[", False),
    ],
)
def test_d20_files_are_fetched_from_discord_s_servers_only(*, url: str, allowed: bool) -> None:
    assert is_allowed(url, "http://127.0.0.1:9/api/v10") is allowed
    assert is_allowed(url, None) is (allowed and not url.startswith("http://127"))


@pytest.fixture
async def server() -> AsyncIterator[str]:
    async def serve(request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        if kind == "elsewhere":
            raise web.HTTPFound("/small")
        if kind == "broken":
            return web.Response(status=503, headers={"Retry-After": "7"})
        if kind == "unwilling":
            return web.Response(status=400)
        response = web.StreamResponse()
        await response.prepare(request)  # chunked: no length is said
        await response.write(b"x" * (2000 if kind == "large" else 10))
        return response

    application = web.Application()
    application.router.add_get("/{kind}", serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


async def test_d21_a_download_is_bounded_by_what_comes_and_follows_nobody(server: str) -> None:
    files = Downloads(server, most=1000)

    assert await files.fetch(f"{server}/small") == b"x" * 10
    with pytest.raises(TooMuch):
        await files.fetch(f"{server}/large")
    with pytest.raises(Gone):
        await files.fetch(f"{server}/elsewhere")
    with pytest.raises(Gone):  # asking again would hold up the conversation for hours
        await files.fetch(f"{server}/unwilling")
    with pytest.raises(TryLater) as later:
        await files.fetch(f"{server}/broken")
    assert later.value.seconds == 7


async def test_d27_a_server_that_does_not_answer_in_time_is_asked_again_later(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "TOTAL_SECONDS", 0.0001)
    with pytest.raises(TryLater) as later:
        await Downloads(server, most=1000).fetch(f"{server}/small?hm=secret")

    assert "secret" not in str(later.value)
    assert later.value.__cause__ is None
