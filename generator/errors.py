"""The tree of everything that can go wrong while drawing.

GeneratorError
    RequestUnsupported   this engine cannot draw this request, and says why
    RenderCancelled      somebody asked us to stop (kept apart from asyncio.CancelledError, which always propagates)
    RenderTimeout        the engine took longer than its limit
    RenderFailed         the engine broke; worth one more attempt
        EngineLost       for good: this process cannot draw again, the next one can
"""

from generator.scene import Notice


class GeneratorError(Exception):
    """Base of all errors of this package."""


class RequestUnsupported(GeneratorError):
    """The engine cannot draw this request; ``notice`` says why in the user's words."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.key)
        self.notice = notice


class RenderCancelled(GeneratorError):
    """The cancel flag was set."""


class RenderTimeout(GeneratorError):
    """The time limit passed; ``seconds`` is the limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no picture within {seconds:g} s")
        self.seconds = seconds


class RenderFailed(GeneratorError):
    """The engine raised; the cause is chained."""


class EngineLost(RenderFailed):
    """The engine's device does not answer any more: the process must end, and the next one draws the request."""
