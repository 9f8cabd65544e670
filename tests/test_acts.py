"""Buttons and commands through the real line: vary, retry, upscale, blend, and the image that an order points at."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from bots.config import ChecksSettings, Settings
from bots.conversation import Act, Conversation, Options, Turn
from bots.order import Answer, Order, Upload
from bots.session import Session, open_session
from generator.request import Intent
from generator.scene import CARD_MASK
from storage.records import GenerationRecord

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("acts"), pytest.mark.asyncio(loop_scope="module")]


class Thread:
    """A conversation with a session, whose earlier turns are all forgotten by the platform."""

    def __init__(self, session: Session, name: str = "one") -> None:
        self.session = session
        self.id = f"cli:{name}"
        self._count = 0

    async def ask(
        self, text: str = "", source: str | None = None, uploads: tuple[Upload, ...] = (), **options: Any
    ) -> Answer:
        """One order with nothing but its newest turn."""
        self._count += 1
        conversation = Conversation(
            id=self.id, turns=(Turn(author="ana", text=text),), options=Options(**options), tenant="guild"
        )
        order = Order(
            job=f"{self.id}/{self._count}", conversation=conversation, requester="ana", uploads=uploads, source=source
        )
        for upload in uploads:
            await self.session.app.staging.write(order.job, upload.file, _photo(upload.file))
        return await self.session.ask(order)

    async def images(self, answer: Answer) -> tuple[GenerationRecord, ...]:
        """The records behind an answer."""
        return await self.session.app.records.generations_of_job(answer.job)

    async def image(self, text: str = "", source: str | None = None, **options: Any) -> GenerationRecord:
        """The only image of an order."""
        answer = await self.ask(text, source, **options)
        assert answer.outcome == "image", answer
        (record,) = await self.images(answer)
        return record

    async def press(self, action: Act, source: GenerationRecord) -> GenerationRecord:
        """A button under an image."""
        return await self.image("", source.id, action=action)


def _photo(name: str) -> bytes:
    """An upload that differs by its name: size, color, transparency."""
    number = int(name.removeprefix("up"))
    sides = ((90, 60), (60, 90), (80, 80), (120, 40), (50, 50), (70, 60), (64, 48))[number]
    color = ("#aa3322", "#2255aa", "#33aa55", "#ddbb22", "#8833aa", "#111133", "#eeeeee")[number]
    picture = Image.new("RGBA" if number == 2 else "RGB", sides, color)
    if number == 2:
        picture.paste((0, 0, 0, 0), (0, 0, 20, 20))
    picture.paste("#f5e6c8", (25, 5, 45, 25))
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _uploads(count: int) -> tuple[Upload, ...]:
    return tuple(Upload(turn=0, file=f"up{number}", name=f"holiday {number}.png") for number in range(count))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    """One service for all tests: each has a conversation of its own."""
    folder = tmp_path_factory.mktemp("acts")
    async with open_session(Settings(data_dir=folder / "data", checks=ChecksSettings(ocr=False))) as opened:
        yield opened


@pytest.fixture
def thread(session: Session, request: pytest.FixtureRequest) -> Thread:
    return Thread(session, request.node.name)


async def test_words_with_a_source_revise_exactly_that_image_though_no_turn_shows_it(thread: Thread) -> None:
    first = await thread.image("a red car and a tree", width=256, height=256)
    second = await thread.image("make the car blue", first.id)
    await thread.image("a cat", width=256, height=256)
    branch = await thread.image("make the car yellow", first.id)

    assert second.parents == branch.parents == (first.id,)
    assert branch.scene is not None
    assert [item.color for item in branch.scene.objects if item.label == "car"] == ["#ffff00"]
    assert branch.request.intent is Intent.REVISE


async def test_undo_with_a_source_goes_back_along_the_versions_it_came_from(thread: Thread) -> None:
    first = await thread.image("a red car and a tree", width=256, height=256)
    second = await thread.image("make the car blue", first.id)
    third = await thread.image("make the car yellow", second.id)
    back = await thread.image("undo", third.id)

    assert back.request.intent is Intent.UNDO
    assert back.parents == (second.id,)
    assert back.scene == second.scene


async def test_the_other_images_of_an_answer_can_be_named_in_a_reply_to_one_of_them(thread: Thread) -> None:
    batch = await thread.images(await thread.ask("a red car", width=256, height=256, count=3))
    plain = await thread.image("make the car blue", batch[1].id)
    named = await thread.image("make the car blue in the third one", batch[1].id)

    assert plain.parents == (batch[1].id,)
    assert named.parents == (batch[2].id,)


async def test_vary_makes_another_one_like_the_source_each_time_it_is_pressed(thread: Thread) -> None:
    source = await thread.image("a red car and two trees", width=256, height=256)
    one, two = await thread.press("vary", source), await thread.press("vary", source)

    assert one.parents == two.parents == (source.id,)
    assert one.request.intent is Intent.VARY
    assert len({source.seed, one.seed, two.seed}) == 3
    assert one.scene is not None
    assert source.scene is not None
    assert sorted(item.id for item in one.scene.objects) == sorted(item.id for item in source.scene.objects)
    assert one.request.prompt == "a red car and two trees"


@pytest.mark.parametrize("prompt", ["a red car", "a cat", "two apples and a cat"])
async def test_another_one_is_never_the_identical_picture(thread: Thread, prompt: str) -> None:
    source = await thread.image(prompt, width=256, height=256)
    varied = await thread.press("vary", source)

    assert varied.draft_digest != source.draft_digest
    assert source.scene is not None
    assert varied.scene is not None
    assert [item.color for item in varied.scene.objects] == [item.color for item in source.scene.objects]


async def test_drawings_with_letters_are_not_mirrored(thread: Thread) -> None:
    source = await thread.image("a stop sign", width=256, height=256)
    varied = await thread.press("vary", source)

    assert varied.scene is not None
    assert [item.flip for item in varied.scene.objects] == [False]


async def test_retry_is_the_same_request_with_new_seeds_and_the_same_parents(thread: Thread) -> None:
    source = (await thread.images(await thread.ask("a red car and two trees", width=256, height=256, count=2)))[1]
    answer = await thread.ask("", source.id, action="retry")
    again = await thread.images(answer)
    revised = await thread.image("add a cat", source.id)
    sibling = await thread.press("retry", revised)

    assert [image.parents for image in again] == [(), ()]
    assert again[0].request.intent is Intent.CREATE
    assert again[0].request.scene == source.request.scene
    assert {image.seed for image in again}.isdisjoint({source.request.seed, source.request.seed + 1})
    assert str(again[0].seed) in answer.reply
    assert sibling.parents == revised.parents == (source.id,)
    assert sibling.request.changes == revised.request.changes
    assert sibling.seed != revised.seed


async def test_upscale_redraws_the_same_picture_at_twice_the_size(thread: Thread) -> None:
    source = await thread.image('a red car left of a tree, title "SALE"', width=256, height=320, style="poster")
    large = await thread.press("upscale", source)
    after = await thread.image("make the car blue", large.id)

    assert (large.width, large.height) == (512, 640)
    assert large.parents == (source.id,)
    assert large.seed == source.seed
    assert large.request.intent is Intent.REVISE
    assert [change.key for change in large.request.changes] == ["upscaled"]
    assert not [line for line in large.receipt if line.passed is False]
    assert source.scene is not None
    assert large.scene is not None
    assert large.scene.background == source.scene.background
    for small, big in zip(source.scene.objects, large.scene.objects, strict=True):
        assert big.boxes == tuple(tuple(2 * side for side in box) for box in small.boxes)
    assert (after.width, after.height) == (512, 640)


async def test_upscale_beyond_the_largest_size_is_said_in_words(thread: Thread) -> None:
    source = await thread.image("a red car", width=2304, height=1024)
    answer = await thread.ask("", source.id, action="upscale")

    assert answer.outcome == "invalid"
    assert "4608" in answer.reply
    assert not answer.generations


@pytest.mark.parametrize("action", ["vary", "retry", "upscale", None])
async def test_a_removed_or_unknown_source_is_refused_and_nothing_is_drawn(thread: Thread, action: Act | None) -> None:
    source = await thread.image("a red car", width=256, height=256)
    app = thread.session.app
    assert await app.records.remove(source.id, "takedown", app.blobs)
    for identity in (source.id, "0000"):
        answer = await thread.ask("make the car blue", identity, action=action)

        assert answer.outcome == "invalid"
        assert "removed" in answer.reply
        assert await thread.images(answer) == ()


async def test_a_retry_whose_parent_was_removed_is_refused(thread: Thread) -> None:
    parent = await thread.image("a red car", width=256, height=256)
    child = await thread.image("make the car blue", parent.id)
    app = thread.session.app
    await app.records.remove(parent.id, "takedown", app.blobs)
    answer = await thread.ask("", child.id, action="retry")

    assert answer.outcome == "invalid"
    assert "removed" in answer.reply


async def test_an_image_of_another_conversation_can_be_the_source(thread: Thread, session: Session) -> None:
    source = await thread.image("a red car", width=256, height=256)
    made = await Thread(session, f"{thread.id}/elsewhere").image("make the car blue", source.id)

    assert made.parents == (source.id,)
    assert made.conversation != source.conversation


async def test_what_is_made_of_a_private_picture_stays_private(thread: Thread) -> None:
    source = await thread.image("a red car", width=256, height=256, private=True)

    assert source.private
    assert (await thread.press("vary", source)).private
    assert (await thread.press("retry", source)).private
    assert (await thread.image("make the car blue", source.id)).private


async def test_an_act_without_any_image_asks_for_one(thread: Thread) -> None:
    answer = await thread.ask("", action="vary")

    assert answer.outcome == "question"


@pytest.mark.parametrize("count", [2, 3, 6])
async def test_blend_makes_a_collage_and_says_so(thread: Thread, count: int) -> None:
    answer = await thread.ask(
        'as a poster titled "Summer"', uploads=_uploads(count), action="blend", width=384, height=384
    )
    assert answer.outcome == "image", answer
    (record,) = await thread.images(answer)
    assert record.scene is not None
    cards = [item for item in record.scene.objects if item.mask == CARD_MASK]

    assert "collage" in answer.reply
    assert "not blended" in answer.reply
    assert not answer.unmet
    assert (record.width, record.height) == (384, 384)
    assert record.request.style == "poster"
    assert [item.text for item in record.scene.objects if item.text] == ["Summer"]
    assert {item.image for item in cards} == {one.digest for one in record.request.references}
    assert len(cards) == count
    assert record.request.palette
    assert not [line for line in record.receipt if line.passed is False]
    assert all(f"holiday {number}.png" in record.alt for number in range(count))
    assert record.credential.signed


@pytest.mark.parametrize(("count", "outcome"), [(0, "question"), (1, "question"), (7, "invalid")])
async def test_blend_takes_two_to_six_images(thread: Thread, count: int, outcome: str) -> None:
    answer = await thread.ask("", uploads=_uploads(count), action="blend")

    assert answer.outcome == outcome
    assert "six" in answer.reply or "6" in answer.reply
    assert not answer.generations


async def test_the_same_upload_twice_is_one_image(thread: Thread) -> None:
    twice = tuple(Upload(turn=0, file="up1", name=name) for name in ("a.png", "b.png"))
    answer = await thread.ask("", uploads=twice, action="blend")

    assert answer.outcome == "question"


async def test_a_collage_can_be_revised_varied_and_upscaled(thread: Thread) -> None:
    answer = await thread.ask("", uploads=_uploads(3), action="blend", width=256, height=256)
    (source,) = await thread.images(answer)
    for made in (
        await thread.press("vary", source),
        await thread.press("retry", source),
        await thread.press("upscale", source),
        await thread.image('add the title "Hello"', source.id),
        await thread.image("landscape version", source.id),
    ):
        assert made.scene is not None
        assert sum(item.mask == CARD_MASK for item in made.scene.objects) == 3
        assert not [line for line in made.receipt if line.passed is False]


async def test_the_revise_form_never_draws_a_new_picture(thread: Thread) -> None:
    first = await thread.image("a red apple")
    answer = await thread.ask("a hat", first.id, action="revise")
    second = await thread.image("add a hat", first.id, action="revise")

    assert answer.outcome == "question"
    assert second.parents == (first.id,)
    assert second.request.intent is Intent.REVISE
