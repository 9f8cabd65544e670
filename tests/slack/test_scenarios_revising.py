"""What people complain about most when they revise pictures in a thread, on the whole bot in Slack."""

import asyncio
import io

import numpy as np
import pytest
from PIL import Image

from tests.fakes.engines import Patient
from tests.slack.answers import words
from tests.slack.bot import Bot, Delivered, verbs
from tests.slack.scenes import MANY, begun, color_of, is_removed, labels, photo, pictures

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("slack revising")]


async def test_revise_edits_the_newest_image_not_the_upload(bot: Bot) -> None:
    place = bot.place()
    text = "a poster with this photo and a red car, 256x256"
    said, first = await begun(bot, place, text, files=[("cat.jpg", photo())])
    _, second = await bot.ask(place.channel, place.ana, "add a green tree", thread=said)
    _, third = await bot.ask(place.channel, place.ana, "make the car blue", thread=said)

    assert second.image.parents == (first.image.id,)
    assert third.image.parents == (second.image.id,)
    assert labels(first) < labels(second) == labels(third)
    assert color_of(third, "car") == "#0000ff"


async def test_the_form_of_an_older_image_branches_from_it(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    await bot.ask(place.channel, place.ana, "make the car blue", thread=said)
    await place.ben.click(first.there, "revise")
    branch = await bot.delivered(await place.ben.submit(await place.ben.view(), {"prompt": "add a yellow sun"}))

    assert branch.image.parents == (first.image.id,)
    assert color_of(branch, "car") == color_of(first, "car") == "#ff0000"
    assert branch.there.thread_ts == said.ts


async def test_after_a_branch_words_in_the_thread_revise_its_newest_image(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    await bot.ask(place.channel, place.ana, "make the car blue", thread=said)
    await place.ben.click(first.there, "revise")
    branch = await bot.delivered(await place.ben.submit(await place.ben.view(), {"prompt": "add a yellow sun"}))
    _, newest = await bot.ask(place.channel, place.ana, "remove the tree", thread=said)

    assert newest.image.parents == (branch.image.id,)
    assert color_of(newest, "car") == "#ff0000"


async def test_the_shortcut_of_an_older_image_branches_from_it(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    await bot.ask(place.channel, place.ana, "make the car blue", thread=said)
    await place.ben.shortcut("revise", first.there)
    branch = await bot.delivered(await place.ben.submit(await place.ben.view(), {"prompt": "make the tree red"}))

    assert branch.image.parents == (first.image.id,)
    assert color_of(branch, "car") == "#ff0000"
    assert branch.there.thread_ts == said.ts


async def test_another_one_is_another_picture_of_the_same_things(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place, MANY)
    _, second = await bot.ask(place.channel, place.ana, "another one", thread=said)

    assert second.job.outcome == "image"
    assert labels(second) == labels(first)
    assert second.image.seed != first.image.seed
    assert not np.array_equal(_pixels(bot, second), _pixels(bot, first))


def _pixels(bot: Bot, answer: Delivered) -> np.ndarray:
    [data] = pictures(bot, answer.there)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


async def test_what_did_you_change_is_answered_in_words(bot: Bot) -> None:
    place = bot.place()
    said, _ = await begun(bot, place)
    await bot.ask(place.channel, place.ana, "make the car blue", thread=said)
    _, answer = await bot.ask(place.channel, place.ana, "what did you change?", thread=said)

    assert answer.job.outcome == "answer"
    assert answer.images == ()
    assert answer.there.images == []
    assert "car" in words(answer.there)
    assert "blue" in words(answer.there) or "#0000ff" in words(answer.there)


async def test_a_deleted_source_is_refused_in_words(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    _, second = await bot.ask(place.channel, place.ana, "make the car blue", thread=said)
    await place.ben.click(first.there, "revise")
    view = await place.ben.view()
    await place.ana.click(first.there, "delete")
    await bot.until(lambda: is_removed(bot, first))
    await place.ben.submit(view, {"prompt": "add a yellow sun"})

    assert first.there.deleted
    assert view.open
    assert list(view.errors) == ["prompt"]
    assert not second.there.deleted


async def test_words_about_a_deleted_newest_image_are_answered_in_words(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    await place.ana.click(first.there, "delete")
    await bot.until(lambda: is_removed(bot, first))
    _, answer = await bot.ask(place.channel, place.ben, "make the car blue", thread=said)

    assert answer.images == ()
    assert answer.job.outcome in ("invalid", "answer", "question"), answer.job
    assert words(answer.there)


async def test_two_people_interleaving_in_one_thread_each_get_the_answer_to_their_own_words_in_order(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    one = await place.channel.say(place.ana, "make the car blue", thread=said)
    two = await place.channel.say(place.ben, "add a yellow sun", thread=said)
    three = await place.channel.say(place.ana, "what did you change?", thread=said)
    async with asyncio.timeout(10):
        await engine.started.wait()
    engine.proceed.set()
    answers = [await bot.delivered(each) for each in (one, two, three)]

    assert [answer.job.requester for answer in answers] == [
        f"slack:{bot.team.id}:{user.id}" for user in (place.ana, place.ben, place.ana)
    ]
    assert answers[0].image.parents == (first.image.id,)
    assert answers[1].image.parents == (answers[0].image.id,)
    assert answers[2].job.outcome == "answer"
    assert color_of(answers[1], "car") == "#0000ff"
    stamps = [answer.there.ts for answer in answers]
    assert stamps == sorted(stamps)
    for user, answer in zip((place.ana, place.ben, place.ana), answers, strict=True):
        assert f"Asked by {user.name}" in words(answer.there)


async def test_s8_the_buttons_of_an_image_vary_retry_and_upscale_it(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place, MANY)
    varied = await bot.delivered(await place.ben.click(first.there, "vary"))
    retried = await bot.delivered(await place.ben.click(first.there, "retry"))
    upscaled = await bot.delivered(await place.ben.click(first.there, "upscale"))

    for answer in (varied, retried, upscaled):
        assert answer.job.outcome == "image"
        assert answer.job.requester == f"slack:{bot.team.id}:{place.ben.id}"
        assert answer.there.thread_ts == said.ts
    assert varied.image.parents == (first.image.id,)
    assert upscaled.image.parents == (first.image.id,)
    assert (upscaled.image.width, upscaled.image.height) == (first.image.width * 2, first.image.height * 2)
    assert varied.image.seed not in (first.image.seed, retried.image.seed)


async def test_a_form_takes_further_images(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    shared = await place.channel.say(place.ben, "my cat", files=[("cat.jpg", photo())])
    await place.ben.click(first.there, "revise")
    view = await place.ben.view()
    answer = await bot.delivered(
        await place.ben.submit(view, {"prompt": "put this photo next to the tree", "files": shared.files})
    )

    assert answer.job.outcome == "image", answer.job
    assert answer.image.parents[0] == first.image.id
    assert len(labels(answer)) == len(labels(first)) + 1
    assert answer.there.thread_ts == said.ts


async def test_p3_s18_an_answer_carries_alt_text_who_asked_the_disclosure_and_its_buttons(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    message, shown = first.there, words(first.there)

    assert {"vary", "revise", "retry", "upscale", "details", "delete", "feedback"} <= verbs(message)
    assert "AI-generated" in shown
    assert "AI-generated" in message.text
    assert f"Asked by {place.ana.name}" in shown
    assert f"Asked by {place.ana.name}" in message.text
    assert all(0 < len(block["alt_text"]) <= 2000 for block in message.images)
    assert "car" in message.images[0]["alt_text"]


async def test_words_after_an_answer_of_two_images_revise_one_of_them(bot: Bot) -> None:
    place = bot.place()
    said, _ = await begun(bot, place)
    _, several = await bot.ask(place.channel, place.ana, "two pictures: a blue boat, 256x256", thread=said)
    _, last = await bot.ask(place.channel, place.ben, "make the boat red", thread=said)

    assert len(several.images) == 2
    assert last.image.parents[0] in {image.id for image in several.images}
    assert color_of(last, "boat") == "#ff0000"
