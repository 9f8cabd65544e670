"""The engine as one party sees it."""

from collections.abc import Mapping
from typing import Protocol

from generator.engine import CancelFlag, Capabilities, Engine, OnProgress, Party
from generator.request import GeneratedImage, GenerationRequest


class ForParties(Engine, Protocol):
    """An engine that draws for several."""

    async def render_for(
        self,
        party: Party,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """See ``Engine.render``; on behalf of a party."""
        ...


class OnBehalf:
    """Implements ``Engine`` for a party."""

    def __init__(self, engine: ForParties, party: Party) -> None:
        self._engine, self._party = engine, party

    @property
    def name(self) -> str:
        """The engine's."""
        return self._engine.name

    @property
    def version(self) -> str:
        """The engine's."""
        return self._engine.version

    @property
    def capabilities(self) -> Capabilities:
        """The engine's."""
        return self._engine.capabilities

    def estimate(self, request: GenerationRequest, n: int) -> float:
        """See ``Engine.estimate``."""
        return self._engine.estimate(request, n)

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """See ``Engine.render``."""
        return await self._engine.render_for(self._party, request, references, n, on_progress, cancel)
