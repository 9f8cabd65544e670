"""Which models are in memory: those in use stay, those used longest ago make room.

Knows nothing of how a model is loaded. A model that has to wait for room is served before newcomers for the models that
are there, so that two models that do not fit together take turns instead of one starving the other.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from generator.models.card import ModelCard

Model = TypeVar("Model")


@dataclass(slots=True, kw_only=True)
class _Resident(Generic[Model]):
    card: ModelCard
    model: Model
    users: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)


class Residency(Generic[Model]):
    """Loads models when they are wanted and drops others to make room.

    Args:
        load: Brings a model into memory; slow, called in no event loop's way.
        drop: Returns its memory.
        memory: Bytes for all models together; one that is larger is loaded alone.
    """

    def __init__(
        self,
        load: Callable[[ModelCard], Awaitable[Model]],
        drop: Callable[[Model], Awaitable[None]],
        memory: int,
    ) -> None:
        self._load, self._drop, self._memory = load, drop, memory
        self._there: OrderedDict[str, _Resident[Model]] = OrderedDict()
        self._door = asyncio.Lock()

    @property
    def resident(self) -> tuple[str, ...]:
        """Ids of the models in memory, the one used longest ago first."""
        return tuple(self._there)

    @asynccontextmanager
    async def lease(self, card: ModelCard) -> AsyncIterator[Model]:
        """The model, which stays in memory while the block runs.

        Raises:
            Exception: What ``load`` raises.
        """
        # Whoever waits for room holds the door: those after it wait, whatever they want.
        async with self._door:
            found = self._there.get(card.id) or await self._bring(card)
            found.users += 1
            found.idle.clear()
            self._there.move_to_end(card.id)
        try:
            yield found.model
        finally:
            found.users -= 1
            if not found.users:
                found.idle.set()

    async def clear(self) -> None:
        """Drop everything, after whoever uses it is done."""
        async with self._door:
            while self._there:
                await self._leave()

    async def _bring(self, card: ModelCard) -> _Resident[Model]:
        while self._there and self._used() + card.memory > self._memory:
            await self._leave()
        found = _Resident(card=card, model=await self._load(card))
        self._there[card.id] = found
        return found

    async def _leave(self) -> None:
        """Drop the idle model that was used longest ago; if all are in use, wait for the one used longest ago."""
        idle = (one for one in self._there.values() if not one.users)
        oldest = next(idle, None) or next(iter(self._there.values()))
        if oldest.users:
            await oldest.idle.wait()
        del self._there[oldest.card.id]
        await self._drop(oldest.model)

    def _used(self) -> int:
        return sum(one.card.memory for one in self._there.values())
