"""What people complain about most when a picture is to reach them, on the whole bot."""

import asyncio
import io
import itertools
from dataclasses import replace

import aiohttp
import pytest
from PIL import Image

from moderation.engine import Layers, Moderator
from moderation.lexicon import load_lexicon
from moderation.policy import load_policies
from moderation.ports import ImageContent
from moderation.term_rules import TermRules
from moderation.types import Action, Finding
from storage.provenance import verify
from tests.discord.bot import Bot, Place, button, verbs
from tests.fakes.discord import Interaction, Message
from tests.fakes.discord.cdn import preview_url, signed_url
from tests.fakes.engines import Broken, Patient
from tests.fakes.noise import Noise

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("discord delivering")]

PROMPT = "a red car and a green tree, 512x512"
TOKEN_MINUTES = 14
MENTION_EVERYONE = 1 << 17


async def _imagine(place: Place, prompt: str = PROMPT, **options) -> Interaction:
    asked = await place.ana.command(place.channel, "imagine", {"prompt": prompt, **options})
    return await asked.wait_acknowledged()


def _every_message(bot: Bot, place: Place) -> list[Message]:
    """What the bot has said in a server, wherever."""
    channels = [place.channel, *place.channel.threads]
    return [message for channel in channels for message in bot.of_bot(channel)]


async def _used(bot: Bot, place: Place) -> int:
    return await bot.session.app.records.usage(f"discord:{place.guild.id}")


async def test_d1_the_acknowledgement_is_removed_and_the_answer_is_a_regular_message(bot: Bot) -> None:
    place = bot.place()
    asked = await _imagine(place)
    answer = await bot.delivered(asked)
    await bot.until(lambda: not asked.messages)

    assert asked.acknowledged_after is not None
    assert asked.acknowledged_after < 3
    assert asked.callbacks[0]["type"] == 5
    assert asked.callbacks[0]["data"]["flags"] & 64
    assert answer.there.interaction is None
    assert answer.there.only_for is None
    assert _every_message(bot, place) == [answer.there]


async def test_the_same_interaction_twice_is_one_job_and_one_message(bot: Bot) -> None:
    place = bot.place()
    asked = await place.ana.command(place.channel, "imagine", {"prompt": PROMPT})
    await bot.fake.redeliver(asked)
    answer = await bot.delivered(asked)
    await bot.fake.redeliver(asked)
    await bot.silent(answer.there.channel)

    assert len(_every_message(bot, place)) == 1
    assert len(answer.images) == 1
    assert await _used(bot, place) == 1


async def test_d14_a_message_whose_answer_is_lost_is_posted_once(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.lose_answer(1, method="POST", path="/channels/*/messages")
    bot.fake.faults.error_after(1, method="POST", path="/channels/*/messages")
    asked = await _imagine(place)
    answer = await bot.delivered(asked)

    assert _every_message(bot, place) == [answer.there]
    assert len(answer.there.attachments) == 1


async def test_d14_a_placeholder_that_stands_far_up_in_a_busy_channel_is_found_again(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonces = itertools.count()
    monkeypatch.setattr("bots.discord.placing.nonce_of", lambda job: f"{len(job)}-{next(nonces)}")  # long forgotten
    monkeypatch.setattr("bots.discord.placing.NONCE_SECONDS", 0.0)
    monkeypatch.setattr("bots.discord.placing.SEARCHED", 3)
    monkeypatch.setattr("bots.errand.FIRST_PAUSE", 1.0)
    place = bot.place()
    bot.fake.faults.lose_answer(1, method="POST", path="/channels/*/messages")
    asked = await _imagine(place)
    await bot.until(lambda: _every_message(bot, place))
    for number in range(5):
        await place.channel.say(place.ben, f"what a day, {number}")
    await bot.delivered(asked)

    assert len(_every_message(bot, place)) == 1


async def test_d2_a_16_minute_job_is_delivered_where_the_bot_is_in_the_channel(bot: Bot) -> None:
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await _imagine(place)
    await asyncio.wait_for(engine.started.wait(), 10)
    placed = await bot.until(lambda: _every_message(bot, place))
    await bot.until(lambda: not asked.messages)  # the acknowledgement is gone
    before = len(bot.fake.requests)
    bot.advance(16 * 60)
    engine.proceed.set()
    answer = await bot.delivered(asked)

    assert asked.expired
    assert [answer.there] == placed
    assert len(answer.there.attachments) == 1
    assert not [each for each in bot.fake.requests[before:] if asked.token in each.path]


async def test_d2_a_private_job_of_15_minutes_falls_back_to_a_direct_message_without_using_the_token(bot: Bot) -> None:
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await _imagine(place, private=True)
    await asyncio.wait_for(engine.started.wait(), 10)
    await bot.until(lambda: asked.original)
    bot.advance(TOKEN_MINUTES * 60 + 1)
    before = len(bot.fake.requests)
    engine.proceed.set()
    answer = await bot.delivered(asked)
    direct = bot.fake.open_dm(place.ana)

    assert not asked.expired
    assert answer.job.outcome == "image"
    assert not [each for each in bot.fake.requests[before:] if asked.token in each.path]
    assert _every_message(bot, place) == []
    assert sum(len(message.attachments) for message in bot.of_bot(direct)) == 1


async def test_d2_late_private_images_that_need_two_messages_all_come_and_can_be_deleted(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.discord.courier.REQUEST_BYTES", 1)  # so that every image needs a message of its own
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await _imagine(place, private=True, count=2)
    await asyncio.wait_for(engine.started.wait(), 10)
    await bot.until(lambda: asked.original)
    bot.advance(TOKEN_MINUTES * 60 + 1)
    engine.proceed.set()
    answer = await bot.delivered(asked)
    sent = bot.of_bot(bot.fake.open_dm(place.ana))
    await (await bot.press(place.ana, sent[0], "delete")).wait_acknowledged()

    async def gone() -> bool:
        return not await bot.session.app.records.generations_of_job(answer.job.id)

    assert [len(message.attachments) for message in sent] == [1, 1]
    await bot.until(gone)


async def test_d2_a_private_answer_comes_directly_when_our_clock_is_behind_that_of_discord(bot: Bot) -> None:
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await _imagine(place, private=True)
    await asyncio.wait_for(engine.started.wait(), 10)
    await bot.until(lambda: asked.original)
    bot.fake.clock.advance(16 * 60)
    engine.proceed.set()
    answer = await bot.delivered(asked)
    bot.clock.ahead += 16 * 60

    assert answer.job.outcome == "image"
    assert sum(len(message.attachments) for message in bot.of_bot(bot.fake.open_dm(place.ana))) == 1


async def test_a_private_answer_is_seen_by_the_requester_only(bot: Bot) -> None:
    place = bot.place()
    asked = await _imagine(place, private=True)
    answer = await bot.delivered(asked)
    message = await asked.wait_for(lambda each: each.attachments)

    assert message.only_for is place.ana
    assert answer.job.private
    assert _every_message(bot, place) == []


@pytest.mark.slow
async def test_d17_a_12_mib_rgba_on_an_unboosted_guild_is_re_encoded_re_signed_and_keeps_size_and_alpha(
    bot: Bot,
) -> None:
    place = bot.place()
    bot.session.app.line.drawing.engine = Noise()
    asked = await _imagine(place, "a red car", size="1792x1792", background="transparent")
    answer = await bot.delivered(asked, within=120)
    attachment = answer.there.attachments[0]
    app = bot.session.app
    found = await verify(attachment.data, app.records, app.credentials)
    with Image.open(io.BytesIO(attachment.data)) as posted:
        size, corner = posted.size, posted.convert("RGBA").crop((0, 0, 8, 8)).getchannel("A").tobytes()

    assert answer.image.size_bytes >= 12 << 20
    assert len(attachment.data) <= place.guild.upload_limit
    assert size == (answer.image.width, answer.image.height) == (1792, 1792)
    assert max(corner) < 16
    assert found.verdict == "ours"
    assert found.generation == answer.image.id
    assert found.manifest is not None


@pytest.mark.slow
async def test_d17_private_images_that_need_two_messages_stay_private(bot: Bot) -> None:
    place = bot.place()
    bot.session.app.line.drawing.engine = Noise()
    asked = await _imagine(place, "a red car", size="1504x1504", count=3, private=True)
    await bot.delivered(asked, within=120)

    assert [len(message.attachments) for message in asked.messages] == [2, 1]
    assert {message.only_for for message in asked.messages} == {place.ana}
    assert _every_message(bot, place) == []


async def test_d15_everyone_in_a_prompt_pings_nobody(bot: Bot) -> None:
    place = bot.place()
    place.guild.bot_permissions |= MENTION_EVERYONE  # so that only the bot's own restraint keeps it from doing so
    role = place.guild.add_role("designers")
    prompt = f'@everyone @here {place.ben.mention} {role.mention} a poster, title "@everyone", 512x512'
    by_command = await bot.delivered(await _imagine(place, prompt))
    _, by_message = await bot.ask(place.channel, place.ana, f"{bot.mention} {prompt}")

    assert by_command.job.outcome == "image"
    assert by_message.job.outcome == "image"
    for message in _every_message(bot, place):
        assert message.pinged <= {place.ana.id}, message
        assert not message.mention_everyone


class _Prude:
    """Blocks every finished picture."""

    name = "prude"

    async def classify(self, content: ImageContent) -> tuple[Finding, ...]:
        del content
        finding = Finding(layer=self.name, policy="sexual", label="nudity", score=1.0, threshold=0.5, rule="sexual-1")
        return (replace(finding, action=Action.BLOCK),)


async def test_blocked_output_posts_no_bytes_and_the_quota_is_refunded(bot: Bot) -> None:
    place = bot.place()
    book = load_policies("standard")
    layers = Layers(text=(TermRules(book, load_lexicon()),), images=(_Prude(),))
    bot.session.app.line.intake.moderator = Moderator(book, layers)
    before = len(bot.fake.requests)
    answer = await bot.delivered(await _imagine(place, "a very particular red car"))

    assert answer.job.outcome == "refused"
    assert not [each for each in bot.fake.requests[before:] if each.files]
    assert await _used(bot, place) == 0
    assert all(not message.attachments for message in _every_message(bot, place))
    assert all("particular" not in message.text for message in _every_message(bot, place))


async def test_blocked_words_are_refused_to_the_requester_without_repeating_them(bot: Bot) -> None:
    place = bot.place()
    asked = await _imagine(place, "a naked child, on a beach")
    answer = await bot.delivered(asked)

    told = await asked.wait_for(lambda message: message.text)
    [shown] = _every_message(bot, place)

    assert answer.job.outcome == "refused"
    assert told.only_for is place.ana
    assert answer.job.reply in told.text
    assert answer.job.reply not in shown.text
    assert "naked" not in told.text + shown.text
    assert await _used(bot, place) == 0


async def test_d3_a_refusal_is_told_once_although_the_placeholder_could_not_be_edited_at_first(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.error(3, status=503, method="PATCH", path="/channels/*/messages/*")
    asked = await _imagine(place, "a naked child, on a beach")
    answer = await bot.delivered(asked)
    await asked.wait_for(lambda message: message.text)

    assert answer.job.outcome == "refused"
    assert len(asked.followups) == 1


async def test_blocked_words_in_a_thread_are_refused_there_without_repeating_them(bot: Bot) -> None:
    place = bot.place()
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} a naked child, on a beach")

    assert answer.job.outcome == "refused"
    assert answer.job.reply in answer.there.text
    assert all("naked" not in message.text for message in _every_message(bot, place))
    assert all("naked" not in thread.name for thread in place.channel.threads)


async def test_p1_the_posted_bytes_are_the_signed_bytes_and_a_webp_preview_is_not_claimed_without_evidence(
    bot: Bot,
) -> None:
    place = bot.place()
    answer = await bot.delivered(await _imagine(place))
    attachment = answer.there.attachments[0]
    app = bot.session.app
    original = await _download(bot, answer.there, preview=False)
    preview = await _download(bot, answer.there, preview=True)
    of_original = await verify(original, app.records, app.credentials)
    of_preview = await verify(preview, app.records, app.credentials)

    assert original == attachment.data == await app.blobs.get(answer.image.digest)
    assert of_original.verdict == "ours"
    assert of_original.generation == answer.image.id
    assert Image.open(io.BytesIO(preview)).format == "WEBP"
    # Discord's preview carries neither our bytes nor our manifest; fingerprints, which would find it, do not exist yet.
    assert of_preview.verdict == "unknown"
    assert of_preview.generation is None


async def _download(bot: Bot, message: Message, *, preview: bool) -> bytes:
    address = (preview_url if preview else signed_url)(bot.fake.world, message.attachments[0])
    async with aiohttp.ClientSession() as http, http.get(address) as response:
        assert response.status == 200
        return await response.read()


async def test_the_cancel_button_stops_the_engine_within_seconds(bot: Bot) -> None:
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await _imagine(place)
    await asyncio.wait_for(engine.started.wait(), 10)
    placed: list[Message] = await bot.until(lambda: _every_message(bot, place))
    await bot.until(lambda: "cancel" in verbs(placed[0]))
    loop = asyncio.get_running_loop()
    pressed_at = loop.time()
    pressed = await place.ana.click(placed[0], custom_id=button(placed[0], "cancel"))
    await pressed.wait_acknowledged()
    await bot.until(lambda: engine.stopped, 5)
    stopped_after = loop.time() - pressed_at
    answer = await bot.delivered(asked)

    assert stopped_after < 3
    assert answer.job.outcome == "cancelled"
    assert answer.there is placed[0]
    assert answer.there.attachments == []
    assert "cancel" not in verbs(answer.there)
    assert await _used(bot, place) == 0


async def test_somebody_else_may_not_cancel(bot: Bot) -> None:
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await _imagine(place)
    await asyncio.wait_for(engine.started.wait(), 10)
    placed: list[Message] = await bot.until(lambda: _every_message(bot, place))
    await bot.until(lambda: "cancel" in verbs(placed[0]))
    pressed = await place.ben.click(placed[0], custom_id=button(placed[0], "cancel"))
    told = await pressed.wait_for(lambda message: message.text)
    engine.proceed.set()
    answer = await bot.delivered(asked)

    assert told.only_for is place.ben
    assert answer.job.outcome == "image"


async def test_an_engine_that_breaks_is_told_and_costs_nothing(bot: Bot) -> None:
    place = bot.place()
    bot.session.app.line.drawing.engine = Broken()
    answer = await bot.delivered(await _imagine(place))

    assert answer.job.outcome == "failed"
    assert "not charged" in answer.there.text
    assert await _used(bot, place) == 0
