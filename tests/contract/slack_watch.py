"""The judges put beside a fake Slack: every request it gets, every answer it gives, everything it tells the app.

Owns: the collecting of complaints. Not known here: what a test makes the fake do.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.contract import slack_events, slack_requests, slack_rules


class Request(Protocol):
    """A request as the fake saw it."""

    method: str
    args: dict[str, Any]
    json: bool
    response: dict[str, Any]


class Sent(Protocol):
    """Something the app was told."""

    kind: Any
    body: dict[str, Any]


@dataclass(slots=True)
class Watch:
    """What a fake Slack was asked, answered and told, judged.

    Attributes:
        present: Whether Slack's schemas are beside the checkout; without them nothing is judged.
        complaints: What was wrong, in the order it happened.
        seen: How often each method and each kind of event was judged.
    """

    present: bool
    complaints: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def request(self, request: Request) -> None:
        """Judge a request and its answer."""
        if not self.present:
            return
        self.seen[request.method] += 1
        self.complaints += judged(request.method, request.args, is_json=request.json)
        self.complaints += slack_events.answered(request.method, request.response)

    def sent(self, sent: Sent) -> None:
        """Judge something the app was told."""
        if not self.present:
            return
        event = sent.body.get("event")
        kind = event.get("type") if isinstance(event, Mapping) else sent.body.get("type", sent.kind)
        self.seen[str(kind)] += 1
        self.complaints += slack_events.told(sent.kind, sent.body)

    def assert_clean(self) -> None:
        """Fail if anything was wrong, or if nothing was seen although the judges were there.

        Raises:
            AssertionError: Each kind of complaint once, with its count.
        """
        counted = Counter(self.complaints)
        told = "\n".join(f"{count} times {complaint}" for complaint, count in counted.most_common())
        assert not counted, f"Slack would not have it so:\n{told}"
        assert self.seen or not self.present, "nothing was judged"


def judged(method: str, args: Mapping[str, Any], *, is_json: bool) -> list[str]:
    """What is wrong with a request, by its schema and by the rules."""
    found = slack_requests.validator(method)
    read = slack_requests.decoded(args, {} if found is None else found[1], is_json=is_json)
    return [*slack_requests.complaints(method, args, is_json=is_json), *slack_rules.complaints(method, read)]


def check_everything(fake: Any) -> Watch:
    """Judge from now on each request a fake Slack gets and everything it tells.

    Where Slack's schemas are not beside the checkout nothing is judged; the contract tests say so.
    """
    watch = Watch(present=slack_requests.SCHEMAS.is_dir())
    fake.on_request.append(watch.request)
    fake.on_sent.append(watch.sent)
    return watch
