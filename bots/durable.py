"""What the line needs of a durable engine, as a port, and the in-memory one.

A step runs, its result is checkpointed as JSON, and a line that is walked again after a crash gets the checkpoint
instead of running the step twice. So a step may run more than once (killed before its checkpoint) but its result is
used once: every step must be idempotent by the job's id.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from bots.order import Draft
from generator.request import GenerationRequest
from storage.codec import decode, encode

T = TypeVar("T")


class Durable(Protocol):
    """Checkpoints steps and hands drawing to whoever has the generator."""

    async def step(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:
        """Run ``work`` once and remember its result, a value of type ``kind``."""
        ...

    async def generate(self, attempt: int, request: GenerationRequest) -> tuple[Draft, ...]:
        """Have the request drawn by the generator's queue; ``attempt`` numbers the tries of one job from 0."""
        ...


Generate = Callable[[str, int, GenerationRequest], Awaitable[tuple[Draft, ...]]]


class InMemory:
    """Remembers in a dict; for tests of the line and for tools that need no durability."""

    def __init__(self, job: str, generate: Generate) -> None:
        self._job = job
        self._generate = generate
        self.checkpoints: dict[str, Any] = {}

    async def step(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:
        """Run unless remembered; the result always passes through the codec, as it would in a database."""
        if name not in self.checkpoints:
            self.checkpoints[name] = encode(kind, await work())
        value: T = decode(kind, self.checkpoints[name])
        return value

    async def generate(self, attempt: int, request: GenerationRequest) -> tuple[Draft, ...]:
        """Draw in this process."""
        return await self.step(
            f"generate/{attempt}", tuple[Draft, ...], lambda: self._generate(self._job, attempt, request)
        )
