"""Counts and gauges of the connection to Discord, per shard; whoever shows them asks ``prometheus_client`` for all."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import Counter, Gauge

LATENCY: Final = Gauge("threadbrush_discord_latency_seconds", "From a heartbeat to its answer.", ["shard"])
EVENTS: Final = Counter("threadbrush_discord_events_total", "Gateway events by name.", ["event"])
IDENTIFIES: Final = Counter("threadbrush_discord_identifies_total", "Sessions begun.", ["shard"])
RESUMES: Final = Counter("threadbrush_discord_resumes_total", "Sessions taken up again.", ["shard"])
DISCONNECTS: Final = Counter("threadbrush_discord_disconnects_total", "Connections lost.", ["shard"])
MESSAGES: Final = Counter("threadbrush_discord_messages_total", "Messages by what became of them.", ["shard", "fate"])
CAUGHT_UP: Final = Counter("threadbrush_discord_caught_up_total", "Messages read that came while we were away.")

_MOST_NAMES = 200  # of events; Discord has some eighty
_names: set[str] = set()


def count_event(event: str) -> None:
    """One more gateway event; beyond a bound all names count as one."""
    if event not in _names:
        if len(_names) >= _MOST_NAMES:
            event = "other"
        _names.add(event)
    EVENTS.labels(event).inc()


def show_latencies(latencies: Iterable[tuple[int, float]]) -> None:
    """What each shard measured last, seconds; infinite while it is not connected."""
    for shard, seconds in latencies:
        LATENCY.labels(str(shard)).set(seconds)
