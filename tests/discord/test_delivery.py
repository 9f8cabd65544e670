"""What an answer looks like on Discord: it fits, says what it is, and hides what is to be hidden."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.cards import Card, Press, answer_card, receipt_line
from bots.chat.preferences import Preferences, change_preferences
from bots.conversation import Conversation, Turn
from bots.discord.layout import LONGEST_ALT, Body, Picture, custom_id, layout, plain
from bots.discord.placing import nonce_of
from bots.order import Answer, Order
from generator.receipt import ReceiptLine
from generator.sketch.engine import Sketch
from moderation.types import Locale
from tests.discord.bot import Bot
from tests.fakes.discord import Message
from tests.storage.samples import generation

DOCUMENT = Path(__file__).parents[2] / "docs" / "discord.md"
PICTURES = tuple(Picture(name=f"picture-{number}.png", data=b"png", alt="A red apple." * 200) for number in range(10))


def _card(locale: Locale = "en", words: str = "Here is your picture.", images: int = 1, **more: Any) -> Card:
    turn = Turn(author="ana", text="a red apple")
    order = Order(
        job="discord:i:1", conversation=Conversation(id="discord:1", turns=(turn,), locale=locale), requester="ana"
    )
    records = [generation("discord:i:1", index, width=512, height=512) for index in range(images)]
    answer = Answer(job=order.job, outcome="image", reply=words, generations=tuple(one.id for one in records))
    return answer_card(order, answer, records, Preferences(**more), Sketch().capabilities)


def _flat(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for one in components:
        found += [one, *_flat(one.get("components", []))]
    return found


def _texts(body: Body) -> str:
    return "\n".join(one["content"] for one in _flat(body.view.to_components()) if one["type"] == 10)


@given(words=st.text(max_size=5000), texts=st.lists(st.text("a*_ 가", min_size=200, max_size=700), max_size=4))
def test_p3_a_long_receipt_leaves_room_for_saying_that_the_image_is_generated(words: str, texts: list[str]) -> None:
    receipt = tuple(ReceiptLine(check="text", asked=text, measured=text, passed=True) for text in texts)
    image = replace(generation("discord:i:1"), receipt=receipt)
    card = _card(words=words)
    card = replace(card, notes=(card.notes[0], receipt_line(image, "en"), *card.notes[2:]), images=())
    shown, flat = layout(card, PICTURES[:1]), plain(card, PICTURES[:1])

    assert "AI-generated" in _texts(shown)
    assert "AI-generated" in (flat.content or "")
    assert len(_texts(shown)) <= 4000
    assert len(flat.content or "") <= 2000


@given(words=st.text("a*", min_size=3000, max_size=9000))
@pytest.mark.slow
def test_d16_long_words_and_long_notes_fit_together(words: str) -> None:
    card = replace(_card(words=words), notes=(words, words, words, words, words), images=())

    assert len(_texts(layout(card, PICTURES))) <= 4000
    assert len(plain(card, PICTURES).content or "") <= 2000


@given(words=st.text(max_size=9000), images=st.integers(0, 10))
def test_d16_d22_any_answer_fits_into_one_message(words: str, images: int) -> None:
    card = replace(_card(words=words, images=images or 1), images=())
    shown, flat = layout(card, PICTURES[:images]), plain(card, PICTURES[:images])
    components = _flat(shown.view.to_components())

    assert shown.content is None
    assert len(components) <= 40
    assert len(_texts(shown)) <= 4000
    assert flat.content is not None
    assert len(flat.content) <= 2000
    shows = [item["media"]["url"] for one in components if one["type"] == 12 for item in one["items"]]
    assert shows == [f"attachment://{picture.name}" for picture in PICTURES[:images]]


def test_d18_every_image_of_a_gallery_has_alt_text_that_fits() -> None:
    gallery = next(one for one in _flat(layout(_card(), PICTURES).view.to_components()) if one["type"] == 12)

    assert all(0 < len(item["description"]) <= LONGEST_ALT for item in gallery["items"])


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_d24_labels_are_short_words_and_ids_are_opaque(locale: Locale) -> None:
    buttons = [one for one in _flat(layout(_card(locale), ()).view.to_components()) if one["type"] == 2]

    assert len(buttons) == 8
    assert len({one["custom_id"] for one in buttons}) == 8
    assert all(len(one["label"]) <= 34 and any(letter.isalpha() for letter in one["label"]) for one in buttons)
    assert all(len(one["custom_id"]) <= 100 and "apple" not in one["custom_id"] for one in buttons)


@given(verb=st.sampled_from(["vary", "cancel"]), target=st.text(min_size=1, max_size=300))
def test_d7_a_custom_id_never_exceeds_what_discord_takes(verb: Any, target: str) -> None:
    assert 1 <= len(custom_id(Press(verb=verb, target=target))) <= 100


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("draw", [layout, plain])
def test_p3_every_post_with_an_image_says_that_it_is_ai_generated(draw: Any, locale: Locale) -> None:
    body = draw(_card(locale), PICTURES[:1])
    words = body.content if body.content is not None else _texts(body)

    assert {"en": "AI-generated", "ko": "AI 생성"}[locale] in words


def test_a_receipt_tells_what_was_missed_first_and_counts_the_rest() -> None:
    lines = (
        ReceiptLine(check="background", asked="#ffeecc", measured="#ffeecc", passed=True),
        ReceiptLine(check="object", asked="3", measured="2 of 3 visible", passed=False, target="apple1"),
        ReceiptLine(check="text", asked="안녕", measured="not checked", passed=None),
    )
    told = receipt_line(replace(generation("discord:i:1"), receipt=lines), "en")

    assert told.index("2 of 3 visible") < told.index("#ffeecc")
    assert "1 of 2 checks passed" in told


def test_somebodys_words_format_nothing_and_mention_nobody() -> None:
    body = layout(_card(words="# big [bank](https://example.invalid) @everyone <@123456789012345678> **bold**"), ())

    assert "@everyone" not in _texts(body)
    assert "<@123456789012345678>" not in _texts(body)
    assert "\\*\\*bold" in _texts(body)
    assert "\n# " not in f"\n{_texts(body)}"


def test_d14_a_nonce_is_the_same_for_every_attempt_and_fits() -> None:
    assert nonce_of("discord:i:1") == nonce_of("discord:i:1")
    assert nonce_of("discord:i:1") != nonce_of("discord:i:2")
    assert nonce_of("discord:i:1", "/1") != nonce_of("discord:i:1")
    assert len(nonce_of("discord:i:1")) <= 25


def test_d6_no_interactions_are_taken_over_http() -> None:
    """They would need a signature check; the gateway brings them, and the manual says so."""
    assert "interactions over HTTP" in DOCUMENT.read_text(encoding="utf-8").partition("## Not there")[2]


def test_d13_the_manual_tells_of_the_review_of_the_message_content_intent() -> None:
    text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())

    assert "reviewed at 10,000 users" in text
    assert "applied for again each year" in text


def test_d29_the_manual_says_that_there_are_no_paid_plans_through_discord() -> None:
    assert "entitlements" in DOCUMENT.read_text(encoding="utf-8").partition("## Not there")[2]


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.xdist_group("delivery")
class TestOnDiscord:
    """With the whole bot."""

    async def test_d19_a_server_that_wants_spoilers_gets_its_images_hidden(self, bot: Bot) -> None:
        place = bot.place()
        await change_preferences(bot.session.app.chats, f"discord:{place.guild.id}", spoiler=True)
        _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} a red apple, size 256x256")

        assert [item["spoiler"] for item in _gallery(answer.there)] == [True]

    async def test_d26_an_age_restricted_channel_changes_nothing_of_what_is_drawn(self, bot: Bot) -> None:
        place = bot.place()
        adults = place.guild.add_text_channel("adults", nsfw=True)
        _, refused = await bot.ask(adults, place.ana, f"{bot.mention} a naked woman")
        _, drawn = await bot.ask(adults, place.ana, f"{bot.mention} a red apple, size 256x256")

        assert refused.job.outcome == "refused"
        assert drawn.job.outcome == "image"

    async def test_ten_images_are_one_gallery(self, bot: Bot) -> None:
        place = bot.place()
        _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} 10 images of a red apple, size 256x256")

        assert len(answer.images) == 10
        assert len(_gallery(answer.there)) == 10

    async def test_d17_what_one_request_cannot_carry_follows_in_further_messages(
        self, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = bot.place()
        monkeypatch.setattr("bots.discord.courier.REQUEST_BYTES", 12_000)
        _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} 3 images of a red apple, size 256x256")
        thread = await bot.thread_of(answer)
        messages = bot.of_bot(thread)

        assert len(messages) > 1
        assert sum(len(_gallery(message)) for message in messages) == 3
        assert all("AI-generated" in message.text for message in messages)


def _gallery(message: Message) -> list[dict[str, Any]]:
    return [item for one in _flat(list(message.components)) if one["type"] == 12 for item in one["items"]]
