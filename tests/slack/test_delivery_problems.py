"""What Slack's refusals mean for an answer, and that nothing of its words or of ours gets out with them."""

import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bots.courier import TryLater, Unreachable
from bots.replies import say
from bots.slack.problems import GONE, LONGEST_PAUSE, UNNAMED_PAUSE, Refused, reaching
from generator.scene import Notice

TOKEN = "xoxb-nobodys"  # noqa: S105 - nobody's
Answer = Callable[[], web.StreamResponse]


@asynccontextmanager
async def slack(answer: Answer) -> AsyncIterator[AsyncWebClient]:
    """A client of a server that answers so."""

    async def handle(request: web.Request) -> web.StreamResponse:
        del request
        return answer()

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield AsyncWebClient(token=TOKEN, base_url=f"http://{host}:{port}/api/", retry_handlers=[])
    finally:
        await runner.cleanup()


async def _told(answer: Answer) -> Exception:
    """What comes of a post that is answered so."""
    async with slack(answer) as client:
        with pytest.raises((TryLater, Unreachable, Refused)) as told:
            async with reaching():
                await client.chat_postMessage(channel="C1", text="a secret prompt")
    return told.value


def _refusal(code: Any, **more: Any) -> Answer:
    return lambda: web.json_response({"ok": False, "error": code, "echo": "a secret prompt"}, **more)


@pytest.mark.parametrize("code", sorted(GONE))
async def test_what_closes_a_place_for_good_is_unreachable_and_has_words(code: str) -> None:
    told = await _told(_refusal(code))

    assert isinstance(told, Unreachable)
    assert told.reason == Notice(key=GONE[code])
    assert all(say(told.reason, locale) != told.reason.key for locale in ("en", "ko"))


@pytest.mark.parametrize("code", ["msg_too_long", "invalid_blocks", "message_not_found", "something_new"])
async def test_other_refusals_keep_their_code_for_whoever_knows_it(code: str) -> None:
    told = await _told(_refusal(code))

    assert isinstance(told, Refused)
    assert told.code == code


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"retry-after": "0"}, 0.0),
        ({"Retry-After": "soon"}, UNNAMED_PAUSE),
        ({"Retry-After": "-4"}, UNNAMED_PAUSE),
        ({"Retry-After": "nan"}, UNNAMED_PAUSE),
        ({"Retry-After": "999999"}, LONGEST_PAUSE),
        ({}, UNNAMED_PAUSE),
    ],
)
async def test_s24_slack_is_left_alone_for_as_long_as_it_says(headers: dict[str, str], seconds: float) -> None:
    told = await _told(_refusal("ratelimited", status=429, headers=headers))

    assert isinstance(told, TryLater)
    assert told.seconds == seconds


@pytest.mark.parametrize(
    "answer",
    [
        _refusal("internal_error"),
        _refusal("rate_limited"),
        _refusal("service_unavailable", status=503),
        _refusal({"odd": 1}),
        _refusal("a secret prompt"),
        lambda: web.Response(status=502, text="<html>a secret prompt</html>", content_type="text/html"),
        lambda: web.Response(status=503, text="a secret prompt"),
        lambda: web.Response(text="<html>a secret prompt</html>", content_type="text/html"),
        lambda: web.Response(text="{a secret prompt", content_type="application/json"),
        lambda: web.Response(text="", content_type="application/json"),
    ],
)
async def test_what_passes_is_tried_again_later(answer: Answer) -> None:
    assert isinstance(await _told(answer), TryLater)


@pytest.mark.parametrize(
    "answer",
    [
        _refusal("invalid_blocks"),
        _refusal("channel_not_found"),
        _refusal("a secret prompt"),
        _refusal("ratelimited", status=429),
        lambda: web.Response(status=502, text="a secret prompt"),
    ],
)
async def test_neither_words_nor_tokens_stand_in_what_is_raised(answer: Answer) -> None:
    text = "".join(traceback.format_exception(await _told(answer)))

    assert "secret prompt" not in text
    assert TOKEN not in text


async def test_where_nobody_answers_it_is_tried_again_later() -> None:
    client = AsyncWebClient(token=TOKEN, base_url="http://127.0.0.1:1/api/", retry_handlers=[])
    with pytest.raises(TryLater):
        async with reaching():
            await client.auth_test()


async def test_what_is_not_slacks_doing_is_let_through() -> None:
    with pytest.raises(KeyError):
        async with reaching():
            raise KeyError("ours")
