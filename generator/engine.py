"""The Engine port: what every engine, vector or neural, local or remote, offers to the line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from generator.request import GeneratedImage, GenerationRequest
from generator.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can honour. The line tells the user about the rest instead of pretending."""

    edit: bool  # revises an image
    references: int  # how many images it can draw upon
    exact_text: bool
    exact_color: bool
    transparency: bool
    boxes: bool  # places objects where the scene says
    upscale: bool
    styles: tuple[str, ...]
    neural: bool  # False: the digital source type is algorithmicMedia


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one render is. ``fraction`` from 0 to 1; ``preview`` an unmoderated PNG of at most 256 px, or None.

    Attributes:
        place: How many images are drawn before this one; None where it is not waiting.
        seconds: Until it is drawn, as far as can be foretold; None where it cannot.
    """

    stage: str  # "waiting", "layout", "drawing", "decoding"
    fraction: float
    preview: bytes | None = None
    place: int | None = None
    seconds: float | None = None


OnProgress = Callable[[Progress], None]


class CancelFlag(Protocol):
    """Anything that can be asked whether to stop: ``threading.Event`` and ``asyncio.Event`` both do."""

    def is_set(self) -> bool:
        """Whether the job was cancelled."""
        ...


class Engine(Protocol):
    """Draws requests. One instance serves everybody; ``render`` may run many times at once."""

    @property
    def name(self) -> str:
        """Short and stable: ``sketch``, ``diffusion``, ``remote``."""
        ...

    @property
    def version(self) -> str:
        """Goes into the record and the manifest."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can honour."""
        ...

    def estimate(self, request: GenerationRequest, n: int) -> float:
        """Expected cost of ``n`` images in milliseconds of this engine's scarce resource."""
        ...

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """Draw images 0 to n-1, image i with ``request.seed + i``.

        Args:
            request: What to draw.
            references: Sanitised PNG bytes of every digest in ``request.references`` and in the scene's images.
            n: How many images, at least 1.
            on_progress: Called from the event loop's thread, never blocking.
            cancel: Checked between steps; cancelling the awaiting task works as well.

        Raises:
            RequestUnsupported: It cannot draw this.
            RenderCancelled: ``cancel`` was set.
            RenderTimeout: It took too long.
            RenderFailed: It broke.
        """
        ...


@runtime_checkable
class Redraws(Protocol):
    """An engine that can draw solved scenes again, cheaply and exactly.

    Receipts use it: drawing a scene without one object and comparing with the delivered pixels proves that the object
    is there. Optional; neural engines do not offer it.
    """

    async def redraw(
        self, scenes: Sequence[Scene], references: Mapping[str, bytes], longest_side: int
    ) -> tuple[bytes, ...]:
        """One PNG per scene, exactly as solved (boxes are not touched), scaled to ``longest_side`` px."""
        ...


@runtime_checkable
class Warms(Protocol):
    """An engine that can get ready before the first request. Optional; drawing works without it, only later at first."""

    async def warm(self) -> None:
        """Load what every picture needs.

        Raises:
            OSError, ValueError, ImportError, RuntimeError: It cannot be loaded; the message says what is missing.
        """
        ...


@runtime_checkable
class Closes(Protocol):
    """An engine that holds a device or connections. Optional."""

    async def close(self) -> None:
        """Stop everything and give back what is held; nothing can be drawn after it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """For whom something is drawn, as far as a shared engine must know to be fair.

    Attributes:
        tenant: Tenants share the engine by ``weight``, which is above 0.
        requester: The requesters of one tenant share its part evenly.
        waiting: Somebody is waiting for it; small work that somebody waits for goes first.
    """

    tenant: str
    requester: str = ""
    weight: float = 1.0
    waiting: bool = True


@runtime_checkable
class Shared(Protocol):
    """An engine whose device many tenants share. Optional; what is drawn for nobody is drawn for one and the same."""

    def on_behalf(self, party: Party) -> Engine:
        """The same engine, which draws for this party."""
        ...
