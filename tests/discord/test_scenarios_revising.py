"""What people complain about most when they revise pictures in a thread, on the whole bot."""

import asyncio
import io

import numpy as np
import pytest
from PIL import Image

from tests.discord.bot import Bot, Delivered, Place, verbs
from tests.fakes.discord import Channel, Message, Modal
from tests.fakes.engines import Patient

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("discord revising")]

FIRST = "a red car and a green tree, 512x512"


def photo(color: str = "#aa0000", size: tuple[int, int] = (120, 80)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, color).save(data, "JPEG", quality=95)
    return data.getvalue()


def color_of(answer: Delivered, name: str) -> str | None:
    assert answer.image.scene is not None
    return next(item.color for item in answer.image.scene.objects if item.id.startswith(name))


def labels(answer: Delivered) -> set[str]:
    assert answer.image.scene is not None
    return {item.id for item in answer.image.scene.objects}


async def begun(bot: Bot, place: Place, text: str = FIRST, **more) -> tuple[Message, Delivered, Channel]:
    """A first request in a channel, and the thread it opened."""
    said, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {text}", **more)
    assert answer.job.outcome == "image", answer.job
    return said, answer, await bot.thread_of(answer)


async def test_the_first_request_in_a_channel_opens_a_thread_and_replies_in_it_revise(bot: Bot) -> None:
    place = bot.place()
    said, first, thread = await begun(bot, place)
    _, second = await bot.ask(thread, place.ben, "make the car blue")

    assert said.thread is thread
    assert bot.of_bot(place.channel) == []
    assert second.there.channel is thread
    assert second.image.parents == (first.image.id,)
    assert color_of(second, "car") == "#0000ff"


async def test_revise_edits_the_newest_image_not_the_upload(bot: Bot) -> None:
    place = bot.place()
    text = "a poster with this photo and a red car, 512x512"
    _, first, thread = await begun(bot, place, text, attachments=[("cat.jpg", photo())])
    _, second = await bot.ask(thread, place.ana, "add a green tree")
    _, third = await bot.ask(thread, place.ana, "make the car blue")

    assert second.image.parents == (first.image.id,)
    assert third.image.parents == (second.image.id,)
    assert labels(first) < labels(second) == labels(third)
    assert color_of(third, "car") == "#0000ff"


async def test_a_reply_to_an_older_image_branches_from_it(bot: Bot) -> None:
    place = bot.place()
    _, first, thread = await begun(bot, place)
    _, second = await bot.ask(thread, place.ana, "make the car blue")
    _, branch = await bot.ask(thread, place.ben, "add a yellow sun", reply_to=first.there)
    _, newest = await bot.ask(thread, place.ana, "remove the tree", reply_to=second.there)

    assert branch.image.parents == (first.image.id,)
    assert color_of(branch, "car") == color_of(first, "car") == "#ff0000"
    assert newest.image.parents == (second.image.id,)
    assert color_of(newest, "car") == "#0000ff"


async def test_another_one_is_another_picture_of_the_same_things(bot: Bot) -> None:
    place = bot.place()
    _, first, thread = await begun(
        bot, place, "a red car, a green tree, a yellow sun, two dogs and a house, 512x512, seed 7"
    )
    _, second = await bot.ask(thread, place.ana, "another one")

    assert second.job.outcome == "image"
    assert labels(second) == labels(first)
    assert second.image.seed != first.image.seed
    assert not np.array_equal(_pixels(second), _pixels(first))


async def test_what_did_you_change_is_answered_in_words(bot: Bot) -> None:
    place = bot.place()
    _, _, thread = await begun(bot, place)
    await bot.ask(thread, place.ana, "make the car blue")
    _, answer = await bot.ask(thread, place.ana, "what did you change?")

    assert answer.job.outcome == "answer"
    assert answer.images == ()
    assert answer.there.attachments == []
    assert "car" in answer.there.text
    assert "blue" in answer.there.text or "#0000ff" in answer.there.text


async def test_a_deleted_source_is_refused_in_words(bot: Bot) -> None:
    place = bot.place()
    _, first, thread = await begun(bot, place)
    _, second = await bot.ask(thread, place.ana, "make the car blue")
    await bot.press(place.ana, first.there, "delete")
    await bot.until(lambda: _gone(first))
    reply = await thread.say(place.ben, "add a yellow sun", reply_to=first.there)
    answer = await bot.delivered(reply)

    assert answer.images == ()
    assert answer.job.outcome in ("invalid", "answer", "question"), answer.job
    assert answer.there.text
    assert not second.there.deleted


def _gone(answer: Delivered) -> bool:
    return answer.there.deleted or not answer.there.attachments


async def test_two_people_interleaving_in_one_thread_each_get_the_answer_to_their_own_words(bot: Bot) -> None:
    place = bot.place()
    _, first, thread = await begun(bot, place)
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    one = await thread.say(place.ana, "make the car blue")
    two = await thread.say(place.ben, "add a yellow sun")
    three = await thread.say(place.ana, "what did you change?")
    branch = await thread.say(place.ben, "make the tree red", reply_to=first.there)
    async with asyncio.timeout(10):
        await engine.started.wait()
    engine.proceed.set()
    answers = [await bot.delivered(said) for said in (one, two, three, branch)]

    assert [answer.job.requester for answer in answers] == [
        f"discord:{user.id}" for user in (place.ana, place.ben, place.ana, place.ben)
    ]
    assert answers[0].image.parents == (first.image.id,)
    assert answers[1].image.parents == (answers[0].image.id,)
    assert answers[2].job.outcome == "answer"
    assert answers[3].image.parents == (first.image.id,)
    assert color_of(answers[1], "car") == "#0000ff"
    assert color_of(answers[3], "car") == "#ff0000"
    ordered = [answer.there.id for answer in answers[:3]]
    assert ordered == sorted(ordered)
    for said, answer in zip((one, two, three, branch), answers, strict=True):
        assert answer.there.reference is said


async def test_the_buttons_of_an_image_vary_retry_and_upscale_it(bot: Bot) -> None:
    place = bot.place()
    _, first, thread = await begun(bot, place, "a red car, a green tree, a yellow sun, two dogs and a house, 512x512")
    varied = await bot.delivered(await bot.press(place.ben, first.there, "vary"))
    retried = await bot.delivered(await bot.press(place.ben, first.there, "retry"))
    upscaled = await bot.delivered(await bot.press(place.ben, first.there, "upscale"))

    for answer in (varied, retried, upscaled):
        assert answer.job.outcome == "image"
        assert answer.job.requester == f"discord:{place.ben.id}"
        assert answer.there.channel is thread
    assert varied.image.parents == (first.image.id,)
    assert (upscaled.image.width, upscaled.image.height) == (first.image.width * 2, first.image.height * 2)
    assert upscaled.image.parents == (first.image.id,)
    assert varied.image.seed not in (first.image.seed, retried.image.seed)


async def test_d23_the_revise_button_opens_a_form_with_words_and_a_file(bot: Bot) -> None:
    place = bot.place()
    _, first, thread = await begun(bot, place)
    pressed = await bot.press(place.ben, first.there, "revise")
    await pressed.wait_acknowledged()
    assert pressed.modal is not None
    words = [each for each in pressed.modal.labels if each]
    sent = await place.ben.submit(pressed.modal, {_field(pressed.modal, 4): "make the car blue"})
    answer = await bot.delivered(sent)

    assert words
    assert answer.image.parents == (first.image.id,)
    assert color_of(answer, "car") == "#0000ff"
    assert answer.there.channel is thread


def _field(modal: Modal, kind: int) -> str:
    fields = [each["component"] for each in modal.components if "component" in each]
    return next(str(each["custom_id"]) for each in fields if each["type"] == kind)


def _pixels(answer: Delivered) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(answer.there.attachments[0].data)).convert("RGBA"))


async def test_an_answer_carries_alt_text_who_asked_the_disclosure_and_its_buttons(bot: Bot) -> None:
    place = bot.place()
    _, first, _ = await begun(bot, place)
    message = first.there

    assert {"vary", "revise", "retry", "upscale", "details", "delete"} <= verbs(message)
    assert "AI-generated" in message.text
    assert f"Asked by {place.ana.name}" in message.text
    assert all(attachment.description for attachment in message.attachments)
    assert all(len(attachment.description or "") <= 1024 for attachment in message.attachments)
    assert message.pinged <= {place.ana.id}
