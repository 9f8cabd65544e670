"""Rate limits by bucket and for everything, by the fake's clock."""

import fnmatch
import hashlib
import math
from collections import deque
from dataclasses import dataclass
from typing import Any

from tests.fakes.discord.clock import Clock

ROOMY = (1000, 1.0)


@dataclass(slots=True, kw_only=True)
class _Window:
    ends: float
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a request goes through, and the headers that say how many more would."""

    allowed: bool
    headers: dict[str, str]
    body: Any = None


class Limits:
    """Rules per route; without a rule a bucket is roomy. ``refused`` counts 429s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rules: list[tuple[str, str, int, float]] = []
        self._windows: dict[str, _Window] = {}
        self._recent: deque[float] = deque()
        self.global_per_second: int | None = None
        self.refused = {"bucket": 0, "global": 0}

    def set(self, method: str, path: str, *, limit: int, per: float) -> None:
        """So many requests in so many seconds per channel, server or webhook; path is a pattern of the template."""
        self._rules.insert(0, (method, path, limit, per))

    def take(self, method: str, template: str, major: str) -> Verdict:
        """Count a request."""
        now = self._clock.time()
        exempt = template.startswith("/interactions/")
        if self.global_per_second is not None and not exempt:
            while self._recent and self._recent[0] <= now - 1:
                self._recent.popleft()
            if len(self._recent) >= self.global_per_second:
                return self.refuse_globally(self._recent[0] + 1 - now)
            self._recent.append(now)
        limit, per = self._rule(method, template)
        window = self._windows.get(f"{method} {template} {major}")
        if window is None or window.ends <= now:
            window = self._windows[f"{method} {template} {major}"] = _Window(ends=now + per, left=limit)
        headers = self._headers(method, template, limit, window)
        if window.left <= 0:
            return self._refuse(headers, window.ends - now, everywhere=False)
        window.left -= 1
        headers["X-RateLimit-Remaining"] = str(window.left)
        return Verdict(allowed=True, headers=headers)

    def refuse(self, method: str, template: str, seconds: float) -> Verdict:
        """A 429 for the bucket."""
        limit, _ = self._rule(method, template)
        window = _Window(ends=self._clock.time() + seconds, left=0)
        return self._refuse(self._headers(method, template, limit, window), seconds, everywhere=False)

    def refuse_globally(self, seconds: float) -> Verdict:
        """A 429 for everything."""
        return self._refuse({"X-RateLimit-Global": "true"}, seconds, everywhere=True)

    def _refuse(self, headers: dict[str, str], seconds: float, *, everywhere: bool) -> Verdict:
        self.refused["global" if everywhere else "bucket"] += 1
        seconds = max(seconds, 0.001)
        headers = headers | {
            "Retry-After": str(math.ceil(seconds)),
            "X-RateLimit-Scope": "global" if everywhere else "user",
            "Via": "1.1 google",
        }
        body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": everywhere}
        return Verdict(allowed=False, headers=headers, body=body)

    def _rule(self, method: str, template: str) -> tuple[int, float]:
        for ruled_method, pattern, limit, per in self._rules:
            if ruled_method in ("*", method) and fnmatch.fnmatchcase(template, pattern):
                return limit, per
        return ROOMY

    def _headers(self, method: str, template: str, limit: int, window: _Window) -> dict[str, str]:
        bucket = hashlib.sha256(f"{method} {template}".encode()).hexdigest()[:32]
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, window.ends - self._clock.time()):.3f}",
            "X-RateLimit-Bucket": bucket,
            "Via": "1.1 google",
        }
