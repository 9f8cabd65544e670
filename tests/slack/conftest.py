"""One running bot for the tests of a module; each test takes a channel of its own (``bot.place()``)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.slack.bot import Bot, whole_bot


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["socket", "http"])
async def shared_bot(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    """The module's bot, connected by socket and then by HTTP. Tests use ``bot``, which looks after each of them."""
    async with whole_bot(tmp_path_factory.mktemp("bot"), mode=request.param) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="module")
async def bot(shared_bot: Bot) -> AsyncIterator[Bot]:
    """The module's bot, with its own engine and moderation again after the test, and nothing wrong said in it."""
    line = shared_bot.session.app.line
    engine, moderator = line.drawing.engine, line.intake.moderator
    shared_bot.watch.complaints.clear()
    yield shared_bot
    line.drawing.engine, line.intake.moderator = engine, moderator
    shared_bot.fake.faults.clear()
    shared_bot.fake.world.refuses_blocks = lambda _: False
    shared_bot.watch.assert_clean()
