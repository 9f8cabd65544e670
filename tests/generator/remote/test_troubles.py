"""What happens when a server is busy, broken, slow, strict or hostile."""

import asyncio
import io
import json
import traceback

import pytest
from PIL import Image

from generator.errors import RenderCancelled, RenderFailed, RenderTimeout, RequestUnsupported
from generator.remote.dialects import Flavor
from tests.fakes.openai_images import FakeImages, troubles
from tests.fakes.openai_images.pictures import drawn
from tests.generator.remote.studio import REQUEST, happens, studio

SOON = 0.01  # s


async def test_a_busy_server_is_asked_again_when_it_says():
    async with studio() as it:
        it.server.troubles = [troubles.refuses(429, retry_after=SOON), troubles.refuses(503, retry_after=SOON)]
        images = await it.draw()

    assert len(images) == 1
    assert len(it.server.asked) == 3


@pytest.mark.parametrize("status", [408, 409, 500, 502])
async def test_a_server_that_stays_broken_is_given_up(status):
    async with studio() as it:
        it.server.troubles = [troubles.refuses(status, retry_after=SOON)] * 5
        with pytest.raises(RenderFailed, match=f"answered {status}"):
            await it.draw()

    assert len(it.server.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_a_mistake_is_not_made_twice(status):
    async with studio() as it:
        it.server.troubles = [troubles.refuses(status, "invalid_value", retry_after=SOON)]
        with pytest.raises(RenderFailed, match=f"answered {status}"):
            await it.draw()

    assert len(it.server.asked) == 1


@pytest.mark.parametrize("trouble", [troubles.cuts, troubles.cuts_halfway])
async def test_a_connection_that_broke_is_made_again(trouble):
    async with studio(retries=1) as it:
        it.server.troubles = [trouble]
        images = await it.draw()

    assert len(images) == 1
    assert len(it.server.asked) == 2


async def test_nobody_listening_is_a_failure():
    async with FakeImages() as gone:
        url = gone.url
    async with studio(base_url=url, retries=0) as it:
        with pytest.raises(RenderFailed, match="connection"):
            await it.draw()


@pytest.mark.parametrize("code", ["moderation_blocked", "content_policy_violation"])
async def test_a_request_against_the_servers_rules_is_told_and_not_repeated(code):
    async with studio() as it:
        it.server.troubles = [troubles.refuses(400, code)]
        with pytest.raises(RequestUnsupported) as refused:
            await it.draw()

    assert refused.value.notice.key == "remote-refused"
    assert len(it.server.asked) == 1


async def test_what_a_server_says_of_an_error_gets_nowhere(caplog):
    caplog.set_level("DEBUG")
    async with studio() as it:
        it.server.troubles = [troubles.refuses(400)]
        with pytest.raises(RenderFailed) as failed:
            await it.draw()
    shown = "".join(traceback.format_exception(failed.value)) + caplog.text

    assert "answered 400" in shown
    assert REQUEST.prompt not in shown
    assert "Cannot draw" not in shown


@pytest.mark.parametrize("stop", ["flag", "task"])
async def test_cancelling_hangs_up_at_once(stop):
    never = asyncio.Event()
    async with studio(Flavor.SGLANG, concurrency=2) as it, asyncio.TaskGroup() as group:
        it.server.troubles = [troubles.waits(never)] * 3
        drawing = group.create_task(_ending(it.draw(n=3)))
        await happens(lambda: len(it.server.asked) == 2)
        it.cancel.set() if stop == "flag" else drawing.cancel()
        await happens(lambda: all(asked.closed for asked in it.server.asked))
        await asyncio.wait([drawing])

        assert len(it.server.asked) == 2  # the third never began
        assert drawing.cancelled() if stop == "task" else isinstance(drawing.result(), RenderCancelled)


async def test_a_server_that_takes_too_long_is_left():
    never = asyncio.Event()
    async with studio(timeout_seconds=0.2) as it:
        it.server.troubles = [troubles.waits(never)]
        with pytest.raises(RenderTimeout):
            await it.draw()
        await happens(lambda: it.server.asked[0].closed)


async def test_further_attempts_count_into_the_time_limit():
    async with studio(timeout_seconds=0.2, retries=5) as it:
        it.server.troubles = [troubles.refuses(500, retry_after=60)]
        with pytest.raises(RenderTimeout):
            await it.draw()

    assert len(it.server.asked) == 1


async def test_no_more_calls_are_under_way_than_agreed_and_who_waits_is_told():
    go = asyncio.Event()
    async with studio(Flavor.SGLANG, concurrency=2) as it, asyncio.TaskGroup() as group:
        it.server.troubles = [troubles.waits(go)] * 2
        first = group.create_task(it.draw(n=4))
        await happens(lambda: len(it.server.asked) == 2)
        it.told.clear()
        second = group.create_task(it.draw())
        await happens(lambda: it.told)
        waiting = it.told[0]
        go.set()
        images = [*await first, *await second]

    assert len(images) == 5
    assert it.server.most_at_once == 2
    assert (waiting.stage, waiting.place, waiting.seconds) == ("waiting", 4, None)


async def test_after_a_failure_the_next_request_is_served():
    async with studio(concurrency=1) as it:
        it.server.troubles = [troubles.refuses(400), troubles.says(b"[]")]
        for _ in range(2):
            with pytest.raises(RenderFailed):
                await it.draw()
        images = await it.draw()

        assert len(images) == 1
        assert it.told[-1].fraction == 1.0


def _image(image: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


ANSWERS = {
    "no image": (troubles.shows(b"MZ not an image"), "no image"),
    "an empty image": (troubles.shows(b""), "without the image"),
    "half an image": (troubles.shows(drawn(64, 64, "x")[:200]), "no image"),
    "a GIF": (troubles.shows(_image(Image.new("RGB", (8, 8), "red"), "GIF")), "no image"),
    "too large an image": (troubles.shows(_image(Image.new("1", (4097, 4096)), "PNG")), "too large"),
    "a page": (troubles.says(b"<html><body>Sign in</body></html>", "text/html"), "JSON"),
    "nothing": (troubles.says(b""), "JSON"),
    "no data": (troubles.says(b'{"created": 1}'), "too few"),
    "odd data": (troubles.says(b'{"data": {"b64_json": "AAAA"}}'), "too few"),
    "too few": (troubles.says(b'{"data": []}'), "too few"),
    "odd items": (troubles.says(b'{"data": [7]}'), "without the image"),
    "a number": (troubles.says(b'{"data": [{"b64_json": 7}]}'), "without the image"),
    "no base64": (troubles.says(b'{"data": [{"b64_json": "!!"}]}'), "base64"),
    "no text": (troubles.says(b"\xff\xfe\x00"), "JSON"),
    "deep": (troubles.says(b"[" * 200_000), "JSON"),
    "one color": (troubles.shows(_image(Image.new("RGB", (1024, 1024)), "PNG")), "one color"),
}


@pytest.mark.parametrize("answer", ANSWERS)
async def test_an_answer_that_is_no_picture_is_a_failure(answer):
    async with studio() as it:
        trouble, reason = ANSWERS[answer]
        it.server.troubles = [trouble]
        with pytest.raises(RenderFailed, match=reason):
            await it.draw()

    assert len(it.server.asked) == 1


async def test_fewer_pictures_than_asked_for_are_a_failure():
    async with studio() as it:
        it.server.troubles = [troubles.shows(drawn(64, 64, "x"), count=2)]
        with pytest.raises(RenderFailed, match="too few"):
            await it.draw(n=3)


async def test_an_address_in_an_answer_is_never_followed():
    async with studio() as it:
        answer = {"data": [{"url": f"{it.server.url}/images/1/content"}]}
        it.server.troubles = [troubles.says(json.dumps(answer).encode())]
        with pytest.raises(RenderFailed, match="without the image itself"):
            await it.draw()

    assert it.server.fetched == []


@pytest.mark.parametrize("status", [200, 400])
async def test_an_answer_without_end_is_cut_off(status):
    async with studio(answer_bytes=200_000, retries=2) as it:
        it.server.troubles = [troubles.floods(50_000_000, status)]
        with pytest.raises(RenderFailed, match="too large"):
            await it.draw()
        await happens(lambda: it.server.asked[0].closed)

    assert len(it.server.asked) == 1


async def test_an_answer_of_agreed_size_is_taken():
    async with studio(answer_bytes=20_000_000) as it:
        images = await it.draw(n=4)

    assert len(images) == 4


async def test_a_packed_answer_is_refused():
    async with studio() as it:
        it.server.troubles = [troubles.packs]
        with pytest.raises(RenderFailed, match="compressed"):
            await it.draw()

    assert it.server.asked[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status):
    async with FakeImages() as elsewhere, studio(key="sk-secret") as it:
        it.server.troubles = [troubles.redirects(f"{elsewhere.url}/images/generations", status)]
        with pytest.raises(RenderFailed, match=f"answered {status}"):
            await it.draw()

    assert elsewhere.asked == []
    assert elsewhere.fetched == []


async def _ending(work):
    try:
        return await work
    except RenderCancelled as stopped:
        return stopped
