"""Pictures under way: what a server streams is shown small, and a stream that breaks costs nothing but time."""

from dataclasses import replace

import pytest

from generator.errors import RenderFailed, RequestUnsupported
from generator.remote.dialects import Flavor
from generator.request import Intent, Reference, ReferenceRole
from tests.fakes.openai_images import troubles
from tests.fakes.openai_images.pictures import drawn, in_base64
from tests.generator.remote.studio import REQUEST, opened, picture, studio

PARTIAL = "image_generation.partial_image"


async def test_previews_are_small_and_come_before_the_picture():
    async with studio(previews=True) as it:
        (image,) = await it.draw(replace(REQUEST, width=900, height=600))
    previews = [told.preview for told in it.told if told.preview is not None]

    assert len(previews) == 3
    for preview in previews:
        assert opened(preview).format == "PNG"
        assert max(opened(preview).size) == 256
    assert [told.fraction for told in it.told] == [0, 0, 0, 0, 1]
    assert opened(image.png).size == (900, 600)
    assert len(it.server.asked) == 1


async def test_an_edit_is_previewed_too():
    digest, png = picture("a")
    request = replace(REQUEST, intent=Intent.REVISE, references=(Reference(digest=digest, role=ReferenceRole.EDIT),))
    async with studio(previews=True) as it:
        (image,) = await it.draw(request, {digest: png})

    assert it.server.asked[0].what == "edits"
    assert sum(told.preview is not None for told in it.told) == 3
    assert opened(image.png).size == (512, 512)


async def test_of_several_pictures_the_first_is_previewed():
    async with studio(previews=True) as it:
        images = await it.draw(n=4)

    assert sorted((asked.fields["n"], bool(asked.fields.get("stream"))) for asked in it.server.asked) == [
        (1, True),
        (3, False),
    ]
    assert len(images) == 4


@pytest.mark.parametrize("flavor", [Flavor.SGLANG, Flavor.VLLM_OMNI])
async def test_servers_without_previews_are_not_asked_for_any(flavor):
    async with studio(flavor, previews=True) as it:
        await it.draw()

    assert "stream" not in it.server.asked[0].fields
    assert all(told.preview is None for told in it.told)


STREAMS = {
    "breaks off": troubles.breaks_off,
    "is no stream": troubles.shows(drawn(64, 64, "x")),
    "is empty": troubles.streams(),
    "holds nothing known": troubles.streams({"type": "image", "data": []}),
    "is no JSON": troubles.says(b"data: {broken\n\n", "text/event-stream"),
    "is no text": troubles.says(b"data: \xff\xfe\n\n", "text/event-stream"),
    "is deep": troubles.says(b"data: " + b"[" * 200_000 + b"\n\n", "text/event-stream"),
    "is a list": troubles.says(b"data: []\n\n", "text/event-stream"),
}


@pytest.mark.parametrize("stream", STREAMS)
async def test_a_stream_that_comes_to_nothing_is_replaced_by_a_plain_call(stream):
    async with studio(previews=True) as it:
        it.server.troubles = [STREAMS[stream]]
        (image,) = await it.draw()

    assert [bool(asked.fields.get("stream")) for asked in it.server.asked] == [True, False]
    assert opened(image.png).size == (512, 512)


async def test_a_broken_preview_is_left_out():
    bad = [{"type": PARTIAL, "b64_json": broken} for broken in ("!!", in_base64(b"no image"), 7, None)]
    good = {"type": PARTIAL, "b64_json": in_base64(drawn(64, 64, "x"))}
    last = {"type": "image_generation.completed", "b64_json": in_base64(drawn(1024, 1024, "y"))}
    async with studio(previews=True) as it:
        it.server.troubles = [troubles.streams(*bad[:2], good, last)]
        await it.draw()
        shown = sum(told.preview is not None for told in it.told)
        it.server.troubles = [troubles.streams(*bad[2:], last)]
        await it.draw()

    assert shown == sum(told.preview is not None for told in it.told) == 1
    assert len(it.server.asked) == 2


async def test_no_more_previews_are_looked_at_than_were_asked_for():
    partial = {"type": PARTIAL, "b64_json": in_base64(drawn(64, 64, "x"))}
    last = {"type": "image_generation.completed", "b64_json": in_base64(drawn(1024, 1024, "y"))}
    async with studio(previews=True) as it:
        it.server.troubles = [troubles.streams(*[partial] * 20, last)]
        await it.draw()

    assert sum(told.preview is not None for told in it.told) == 3


async def test_a_stream_that_ends_in_a_broken_picture_is_a_failure():
    async with studio(previews=True) as it:
        it.server.troubles = [troubles.streams({"type": "image_generation.completed", "b64_json": "AAAA"})]
        with pytest.raises(RenderFailed, match="no image"):
            await it.draw()


async def test_rules_that_forbid_a_picture_half_way_are_told():
    error = {"code": "moderation_blocked", "message": REQUEST.prompt, "type": "image_generation_user_error"}
    async with studio(previews=True) as it:
        it.server.troubles = [troubles.streams({"type": "error", "error": error})]
        with pytest.raises(RequestUnsupported):
            await it.draw()

    assert len(it.server.asked) == 1
