"""Counts of what comes from Slack; whoever shows them asks ``prometheus_client`` for all."""

from typing import Final

from prometheus_client import Counter

MESSAGES: Final = Counter("threadbrush_slack_messages_total", "Messages by what became of them.", ["fate"])
RATE_LIMITED: Final = Counter(
    "threadbrush_slack_rate_limited_total", "Minutes in which Slack held back events of a workspace: too many."
)
