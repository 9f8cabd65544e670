"""How often Slack is written to: about one post a second in a channel, and few progress edits in a workspace (S24).

Each process keeps its own count; what several of them do together Slack answers with 429, which is honored.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

POST_SECONDS: Final = 1.0
"""Between two posts in a channel."""

SHOW_SECONDS: Final = 1.5
"""Between two progress edits in a workspace: chat.update is tier 3, fifty a minute, and answers need theirs."""

MOST_KEPT: Final = 10_000


class Pace:
    """When the next post or edit may go out.

    Args:
        now: Seconds of any clock that does not go back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._posts: dict[str, float] = {}
        self._shows: dict[str, float] = {}

    async def turn(self, channel: str) -> None:
        """Wait for one's turn to post in ``channel``, a key that names its workspace."""
        now = self._now()
        at = max(now, self._posts.get(channel, 0.0))
        _bound(self._posts, now)
        self._posts[channel] = at + POST_SECONDS
        if at > now:
            await asyncio.sleep(at - now)

    def may_show(self, team: str) -> bool:
        """Whether a progress edit may go out now; if so, it counts."""
        now = self._now()
        if now < self._shows.get(team, 0.0):
            return False
        _bound(self._shows, now)
        self._shows[team] = now + SHOW_SECONDS
        return True

    def rest(self, team: str, seconds: float) -> None:
        """Slack asked for patience: no progress is shown there for so long."""
        self._shows[team] = self._now() + seconds


def _bound(kept: dict[str, float], now: float) -> None:
    """Forget what is over, so that this does not grow with the number of channels."""
    if len(kept) >= MOST_KEPT:
        for key in [key for key, until in kept.items() if until <= now]:
            del kept[key]
