"""An engine that is made when it is first needed.

Libraries that draw take seconds to load and a device to themselves; most commands, and a process that stands by, draw
nothing. Until then only what the settings say about the engine is known.
"""

import asyncio
from collections.abc import Callable, Mapping

from generator.engine import CancelFlag, Capabilities, Closes, Engine, OnProgress, Party, Shared, Warms
from generator.request import GeneratedImage, GenerationRequest


class Deferred:
    """Implements ``Engine``, ``Shared``, ``Warms`` and ``Closes`` around an engine that may do less."""

    def __init__(self, name: str, capabilities: Capabilities, make: Callable[[], Engine]) -> None:
        """``make`` may take seconds; it is called once, in another thread."""
        self._name, self._capabilities, self._make = name, capabilities, make
        self._engine: Engine | None = None
        self._making = asyncio.Lock()

    @property
    def name(self) -> str:
        """That of the engine."""
        return self._name

    @property
    def version(self) -> str:
        """That of the engine; empty before it is made."""
        return "" if self._engine is None else self._engine.version

    @property
    def capabilities(self) -> Capabilities:
        """Those of the engine."""
        return self._capabilities

    async def made(self) -> Engine:
        """The engine.

        Raises:
            ImportError: A library is missing.
            ValueError: The settings cannot be met on this machine.
        """
        async with self._making:
            if self._engine is None:
                self._engine = await asyncio.to_thread(self._make)
            return self._engine

    async def warm(self) -> None:
        """Make it, and have it load what it needs; see ``Warms.warm``."""
        engine = await self.made()
        if isinstance(engine, Warms):
            await engine.warm()

    async def close(self) -> None:
        """Close it if it was made."""
        engine = self._engine
        if engine is not None and isinstance(engine, Closes):
            await engine.close()

    def estimate(self, request: GenerationRequest, n: int) -> float:
        """0 before it is made: nothing was measured."""
        return 0.0 if self._engine is None else self._engine.estimate(request, n)

    def on_behalf(self, party: Party) -> Engine:
        """See ``Shared.on_behalf``; an engine that is not shared draws for everybody alike."""
        return _OnBehalf(self, party)

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """See ``Engine.render``."""
        return await (await self.made()).render(request, references, n, on_progress, cancel)


class _OnBehalf:
    """The engine as one party sees it."""

    def __init__(self, deferred: Deferred, party: Party) -> None:
        self._deferred, self._party = deferred, party

    @property
    def name(self) -> str:
        return self._deferred.name

    @property
    def version(self) -> str:
        return self._deferred.version

    @property
    def capabilities(self) -> Capabilities:
        return self._deferred.capabilities

    def estimate(self, request: GenerationRequest, n: int) -> float:
        return self._deferred.estimate(request, n)

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        engine = await self._deferred.made()
        theirs = engine.on_behalf(self._party) if isinstance(engine, Shared) else engine
        return await theirs.render(request, references, n, on_progress, cancel)
