"""The judges put beside a fake Discord: every request it gets, every event it sends.

Owns: the collecting of complaints. Not known here: what a test makes the fake do.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.contract.discord_gateway import GatewaySchemas
from tests.contract.discord_openapi import FOLDER, OpenApi


class Request(Protocol):
    """A request as the fake saw it."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def path(self) -> str:
        """The path, without the query."""

    @property
    def query(self) -> Mapping[str, Any]:
        """The query's parameters."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers."""

    @property
    def json(self) -> Any:
        """The body, or what the form's ``payload_json`` carries, decoded; None without."""

    @property
    def files(self) -> Any:
        """The form's other fields, by name."""


@dataclass(slots=True)
class Watch:
    """What a fake Discord was asked and what it sent, judged.

    Attributes:
        openapi: The judge of requests; None where its document is not beside the checkout.
        gateway: The judge of events; None likewise.
        complaints: What was wrong, in the order it happened.
        seen: How often each operation and each event was judged.
    """

    openapi: OpenApi | None
    gateway: GatewaySchemas | None
    complaints: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def request(self, request: Request) -> None:
        """Judge a request."""
        if self.openapi is None:
            return
        self.seen[self.openapi.name(request.method, request.path)] += 1
        self.complaints += self.openapi.complaints(
            request.method, request.path, request.query, request.headers, request.json, request.files or ()
        )

    def dispatch(self, event: str, data: Any) -> None:
        """Judge an event."""
        if self.gateway is None:
            return
        self.seen[event] += 1
        self.complaints += self.gateway.complaints(event, data)

    def assert_clean(self) -> None:
        """Fail if anything was wrong, or if nothing was seen although the judges were there.

        Raises:
            AssertionError: Each kind of complaint once, with its count.
        """
        counted = Counter(self.complaints)
        told = "\n".join(f"{count} times {complaint}" for complaint, count in counted.most_common())
        assert not counted, f"Discord would not have it so:\n{told}"
        assert self.seen or self.openapi is None, "nothing was judged"


def check_everything(fake: Any) -> Watch:
    """Judge from now on each request a fake Discord gets and each event it sends.

    Where Discord's documents are not beside the checkout nothing is judged; the contract tests say so.
    """
    present = FOLDER.is_dir()
    watch = Watch(OpenApi.load() if present else None, GatewaySchemas.load() if present else None)
    for name, judge in (("on_request", watch.request), ("on_dispatch", watch.dispatch)):
        told = getattr(fake, name, None)
        if isinstance(told, list):
            told.append(judge)
        else:
            setattr(fake, name, judge)
    return watch


@contextmanager
def watched(fake: Any) -> Iterator[Watch]:
    """Judge what happens to a fake Discord within the context, and at its end fail if anything was wrong."""
    watch = check_everything(fake)
    yield watch
    watch.assert_clean()


def assert_clean(watch: Watch) -> None:
    """Fail if a fake Discord was asked for, or sent, what the real one would not take or send."""
    watch.assert_clean()
