"""What people complain about most when a picture is to reach them in Slack, by socket and by HTTP."""

import asyncio
import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from moderation.engine import Layers, Moderator
from moderation.lexicon import load_lexicon
from moderation.policy import load_policies
from moderation.ports import ImageContent
from moderation.term_rules import TermRules
from moderation.types import Action, Finding
from storage.provenance import verify
from tests.fakes.engines import Broken
from tests.fakes.noise import Noise
from tests.slack.answers import words
from tests.slack.bot import Bot, Delivered, verbs
from tests.slack.scenes import NOT_CHARGED, PROMPT, about, all_told, begun, held, over, pictures, told_directly, used

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("slack delivering")]

POSTING = ("chat.postMessage", "chat.update", "files.getUploadURLExternal", "files.completeUploadExternal")
BLOCKED = "a naked child, on a beach"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's processing is looked at more often, and an errand begins again sooner."""
    monkeypatch.setattr("bots.slack.uploading.PAUSES", (0.02, 0.02, 0.05))
    monkeypatch.setattr("bots.errand.FIRST_PAUSE", 0.1)


def _stands_once(bot: Bot, answer: Delivered) -> None:
    assert answer.job.outcome == "image", answer.job
    assert answer.post.state == "delivered"
    assert bot.of_bot(answer.there.channel) == [answer.there]
    assert len(answer.there.images) == len(answer.images)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("kind", ["rate_limit", "error", "error_after", "cut", "answer_lost"])
async def test_s24_troubles_while_placing_and_delivering_leave_one_answer(bot: Bot, kind: Any) -> None:
    place = bot.place()
    for method in POSTING:
        bot.fake.faults.add(kind, method)
    bot.fake.faults.add("error" if kind == "rate_limit" else "cut", "upload")
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")

    assert {fault.times for fault in bot.fake.faults.set_} == {0}
    _stands_once(bot, answer)
    assert await used(bot, place.ana) == 1


async def test_s24_slack_is_left_alone_for_as_long_as_it_asks(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("rate_limit", "chat.postMessage", seconds=2)
    before = len(bot.fake.requests)
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    refused, *again = about(bot.fake.requests[before:], "chat.postMessage")

    assert refused.status == 429
    assert len(again) == 1
    assert again[0].at - refused.at >= 2
    _stands_once(bot, answer)


@pytest.mark.usefixtures("hurried")
async def test_s19_a_placeholder_that_was_posted_without_an_answer_is_found_and_kept(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("slow_commit", "chat.postMessage", seconds=0.2)
    before = len(bot.fake.requests)
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")

    assert len(about(bot.fake.requests[before:], "chat.postMessage")) == 1
    _stands_once(bot, answer)


@pytest.mark.usefixtures("hurried")
async def test_s19_a_placeholder_that_appears_late_is_swept_away(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.errand.TWIN_SECONDS", 3.0)
    place = bot.place()
    placed_again = asyncio.Event()
    bot.fake.faults.add("slow_commit", "chat.postMessage", until=placed_again)
    said = await place.channel.say(place.ana, f"{bot.mention} {PROMPT}")
    await bot.until(lambda: len(bot.of_bot(place.channel)) == 1)
    placed_again.set()
    await bot.until(lambda: len(bot.of_bot(place.channel)) == 2)
    answer = await bot.delivered(said)
    await bot.until(lambda: len(bot.of_bot(place.channel)) == 1)

    _stands_once(bot, answer)


@pytest.mark.usefixtures("hurried")
async def test_s15_blocks_that_show_a_file_wait_until_slack_has_processed_it(bot: Bot) -> None:
    place = bot.place()
    before = len(bot.fake.requests)
    bot.fake.world.file_slowness = 3
    try:
        _, answer = await begun(bot, place)
    finally:
        bot.fake.world.file_slowness = 0
    refused = [each for each in about(bot.fake.requests[before:], "chat.update") if not each.applied]

    assert {each.response["error"] for each in refused} == {"invalid_blocks"}
    _stands_once(bot, answer)


async def test_s15_alt_text_stands_in_an_image_block_and_is_no_reason_to_lose_the_image(bot: Bot) -> None:
    place = bot.place()
    _, answer = await begun(bot, place)
    [block] = answer.there.images

    assert block["alt_text"] == answer.image.alt
    assert set(block["slack_file"]) == {"id"}


@pytest.mark.usefixtures("hurried")
async def test_s14_images_that_blocks_do_not_show_are_shared_into_the_thread_once(bot: Bot) -> None:
    place = bot.place()
    bot.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    said, answer = await begun(bot, place)
    shared = [each for each in bot.of_bot(place.channel) if each.files]

    assert answer.there.images == []
    assert "AI-generated" in words(answer.there)
    assert [each.thread_ts for each in shared] == [said.ts]
    assert shared[0].files[0].data == await bot.session.app.blobs.get(answer.image.digest)


@pytest.mark.usefixtures("hurried")
async def test_s14_a_share_that_slack_says_ok_to_and_loses_is_made_once_more(bot: Bot) -> None:
    place = bot.place()
    bot.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    bot.fake.world.shares_lost = 1
    said, _ = await begun(bot, place)
    shared = [each for each in bot.of_bot(place.channel) if each.files]

    assert bot.fake.world.shares_lost == 0
    assert [each.thread_ts for each in shared] == [said.ts]


@pytest.mark.usefixtures("hurried")
async def test_s14_an_image_that_slack_never_shows_is_told(bot: Bot) -> None:
    place = bot.place()
    bot.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    bot.fake.world.shares_lost = 2
    _, answer = await begun(bot, place)

    assert [each for each in bot.of_bot(place.channel) if each.files] == []
    assert answer.image.id in words(answer.there)


async def test_p1_the_posted_bytes_are_the_signed_bytes_and_verify_as_ours(bot: Bot) -> None:
    place = bot.place()
    _, answer = await begun(bot, place)
    app = bot.session.app
    [data] = pictures(bot, answer.there)
    found = await verify(data, app.records, app.credentials)

    assert data == await app.blobs.get(answer.image.digest)
    assert found.verdict == "ours"
    assert found.generation == answer.image.id


async def test_p1_a_transparent_png_keeps_its_alpha(bot: Bot) -> None:
    place = bot.place()
    _, answer = await begun(bot, place, "a red car, transparent background, 256x256")
    app = bot.session.app
    [data] = pictures(bot, answer.there)
    with Image.open(io.BytesIO(data)) as picture:
        kind, corner = picture.format, picture.convert("RGBA").getpixel((0, 0))

    assert kind == "PNG"
    assert isinstance(corner, tuple)
    assert corner[3] == 0
    assert (await verify(data, app.records, app.credentials)).verdict == "ours"


async def test_p2_a_copy_without_its_credentials_is_not_claimed_without_evidence(bot: Bot) -> None:
    place = bot.place()
    _, answer = await begun(bot, place)
    [data] = pictures(bot, answer.there)
    copy = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").resize((180, 180)).save(copy, "WEBP")
    app = bot.session.app
    found = await verify(copy.getvalue(), app.records, app.credentials)

    # Slack shows such copies; fingerprints, which would find them, do not exist yet.
    assert (found.verdict, found.generation) == ("unknown", None)


async def test_p1_a_picture_of_12_mib_is_posted_in_full_size_with_its_alpha(bot: Bot) -> None:
    place = bot.place()
    bot.session.app.line.drawing.engine = Noise()
    await place.ana.command(place.channel, "/imagine")
    form = {"prompt": "a red car", "size": "1792x1792", "background": "transparent"}
    answer = await bot.delivered(await place.ana.submit(await place.ana.view(), form), within=120)
    app = bot.session.app
    [data] = pictures(bot, answer.there)
    with Image.open(io.BytesIO(data)) as picture:
        size, corner = picture.size, picture.convert("RGBA").crop((0, 0, 8, 8)).getchannel("A").tobytes()

    assert len(data) >= 12 << 20
    assert data == await app.blobs.get(answer.image.digest)
    assert size == (1792, 1792)
    assert max(corner) < 16


async def test_s17_ten_images_stand_in_one_message(bot: Bot) -> None:
    place = bot.place()
    await place.ana.command(place.channel, "/imagine")
    form = {"prompt": "a red car, 256x256", "count": "10"}
    answer = await bot.delivered(await place.ana.submit(await place.ana.view(), form), within=60)
    app = bot.session.app

    assert len(answer.images) == 10
    _stands_once(bot, answer)
    assert pictures(bot, answer.there) == [await app.blobs.get(image.digest) for image in answer.images]
    assert all(block["alt_text"] for block in answer.there.images)


async def test_an_answer_that_takes_an_hour_is_delivered_in_the_placeholder(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    bot.clock.ahead += 3600
    try:
        engine.proceed.set()
        answer = await bot.delivered(said)
    finally:
        bot.clock.ahead -= 3600

    assert answer.there is placeholder
    _stands_once(bot, answer)


async def test_while_it_works_the_placeholder_says_so_and_can_be_stopped(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    shown, offered = words(placeholder), verbs(placeholder)
    engine.proceed.set()
    answer = await bot.delivered(said)

    assert "Asked by ana" in shown
    assert offered == {"cancel"}
    assert answer.there is placeholder
    assert "cancel" not in verbs(answer.there)


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
    files = set(bot.fake.world.files)
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} a very particular red car, 256x256")

    assert answer.job.outcome == "refused"
    assert set(bot.fake.world.files) == files
    assert answer.images == ()
    assert await used(bot, place.ana) == 0
    assert all("particular" not in words(message) + message.text for message in bot.of_bot(place.channel))


async def test_blocked_words_are_refused_to_the_requester_alone_with_a_reason(bot: Bot) -> None:
    place = bot.place()
    said, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {BLOCKED}")
    [told] = [each for each in bot.fake.ephemerals if each["user"] == place.ana.id]
    public = words(answer.there) + answer.there.text

    assert answer.job.outcome == "refused"
    assert answer.there.thread_ts == told["thread_ts"] == said.ts
    assert answer.job.reply in told["text"]
    assert answer.job.reply not in public
    assert "ana" in public
    assert "naked" not in public + str(told)
    assert bot.told(place.ben) == []
    assert answer.images == ()
    assert await used(bot, place.ana) == 0


async def test_a_refused_command_is_told_alone_in_the_channel_and_leaves_neutral_words(bot: Bot) -> None:
    place = bot.place()
    answer = await bot.delivered(await place.ana.command(place.channel, "/imagine", BLOCKED))
    [told] = bot.told(place.ana)

    assert answer.job.outcome == "refused"
    assert answer.job.reply in told
    assert answer.job.reply not in words(answer.there)
    assert "naked" not in words(answer.there) + answer.there.text + told


@pytest.mark.usefixtures("hurried")
async def test_a_refusal_is_told_once_although_the_placeholder_could_not_be_changed_at_first(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("error", "chat.update", times=3)
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {BLOCKED}")

    assert answer.job.outcome == "refused"
    assert len(bot.told(place.ana)) == 1


async def test_an_engine_that_breaks_is_told_and_costs_nothing(bot: Bot) -> None:
    place = bot.place()
    bot.session.app.line.drawing.engine = Broken()
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")

    assert answer.job.outcome == "failed"
    assert NOT_CHARGED in words(answer.there)
    assert bot.of_bot(place.channel) == [answer.there]
    assert await used(bot, place.ana) == 0


async def test_the_cancel_button_stops_the_engine_within_seconds(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    loop = asyncio.get_running_loop()
    pressed_at = loop.time()
    await place.ana.click(placeholder, "cancel")
    await bot.until(lambda: engine.stopped, 5)
    stopped_after = loop.time() - pressed_at
    answer = await bot.delivered(said)

    assert stopped_after < 3
    assert answer.job.outcome == "cancelled"
    assert answer.there is placeholder
    assert answer.there.images == []
    assert "cancel" not in verbs(answer.there)
    assert await used(bot, place.ana) == 0


async def test_somebody_else_may_not_cancel(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    await place.ben.click(placeholder, "cancel")
    await bot.until(lambda: all_told(bot, place.ben))
    engine.proceed.set()
    answer = await bot.delivered(said)

    assert answer.job.outcome == "image"


async def test_a_request_deleted_while_it_is_drawn_is_stopped_and_costs_nothing(bot: Bot) -> None:
    place = bot.place()
    said, _, engine = await held(bot, place)
    await said.delete()
    await bot.until(lambda: engine.stopped, 10)
    await bot.until(lambda: over(bot, said))

    assert (await bot.job(said)).outcome == "cancelled"
    assert await used(bot, place.ana) == 0


async def test_a_refusal_reaches_who_has_left_the_channel_directly(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("refuse", "chat.postEphemeral", code="user_not_in_channel")
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {BLOCKED}")
    [told] = told_directly(bot, place.ana)

    assert answer.job.outcome == "refused"
    assert answer.job.reply in words(told)
    assert bot.told(place.ana) == []
