"""Pictures of what is being drawn: none leaves the engine's report before the image layer let that very one pass.

Per job only the latest counts: one that was overtaken while another was looked at is never looked at itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bots.progress import ProgressBoard
from generator.engine import Progress
from moderation.types import Action, Verdict

MAX_BYTES: Final = 512 * 1024
"""An engine's previews have at most 256 px a side; a larger file is none."""

log = structlog.get_logger(__name__)

Check = Callable[[bytes], Awaitable[Verdict]]


class Previews:
    """Stands between the engine's reports and the board."""

    def __init__(self, board: ProgressBoard, check: Check) -> None:
        """``check`` judges one PNG, off the event loop; what it does not allow is dropped."""
        self._board, self._check = board, check
        self._latest: dict[str, bytes] = {}
        self._news: dict[str, asyncio.Event] = {}

    def report(self, job: str, progress: Progress) -> None:
        """The engine reports: how far it is goes to the board at once, a preview waits for ``watch``."""
        self._board.drawing(job, progress)
        news = self._news.get(job)
        if news is not None and progress.preview is not None and len(progress.preview) <= MAX_BYTES:
            self._latest[job] = progress.preview
            news.set()

    async def watch(self, job: str) -> None:
        """Judge the job's previews, one at a time, until cancelled."""
        news = self._news[job] = asyncio.Event()
        try:
            while True:
                await news.wait()
                news.clear()
                preview = self._latest.pop(job)
                self._board.show(job, preview if await self._may_be_shown(preview) else None)
        finally:
            self._news.pop(job, None)
            self._latest.pop(job, None)

    async def _may_be_shown(self, preview: bytes) -> bool:
        try:
            return (await self._check(preview)).action is Action.ALLOW
        except Exception as exc:  # noqa: BLE001 - a preview is a courtesy: whatever breaks, the picture is drawn
            log.warning("preview_not_judged", error=type(exc).__name__)
            return False
