"""However many large pictures come at once, few are decoded at a time."""

import asyncio
import threading
import time

import pytest

from bots import decoding
from bots.decoding import AT_ONCE, decoded
from moderation.intake import CleanImage, IntakeError


async def test_d21_few_pictures_are_decoded_at_once_whoever_sends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    guard, running, most = threading.Lock(), 0, 0

    def slowly(data: bytes) -> CleanImage:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with guard:
            running -= 1
        return CleanImage(png=data, digest="0" * 64, width=8, height=8)

    monkeypatch.setattr(decoding, "sanitize", slowly)
    await asyncio.gather(*[decoded(b"picture") for _ in range(12)])

    assert most <= AT_ONCE


async def test_what_is_no_picture_is_told_by_its_error() -> None:
    with pytest.raises(IntakeError):
        await decoded(b"no picture")
