"""The bot without components: plain words, attachments and buttons do the same."""

from pathlib import Path

import pytest

from tests.discord.bot import whole_bot

pytestmark = pytest.mark.xdist_group("delivery")


@pytest.mark.slow
async def test_d22_without_components_the_same_is_said_with_attachments(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, discord={"components_v2": False}) as bot:
        place = bot.place()
        _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} a red apple, size 256x256")
        varied = await bot.delivered(await bot.press(place.ben, answer.there, "vary"))

    assert "AI-generated" in answer.there.text
    assert len(answer.there.attachments) == 1
    assert answer.there.attachments[0].description
    assert answer.there.flags & (1 << 15) == 0
    assert varied.job.outcome == "image"
