"""A request as its model's own pipeline, halted wherever it needs the shared device.

Diffusers' pipelines know how to turn a prompt, references, a mask and a schedule into latents and these into pixels; they
differ by model and change with every release, so none of it is repeated here. Each request gets a copy of the pipeline
whose big models are stand-ins, and runs in a greenlet: when the pipeline calls a stand-in, it halts and says what it
wants; whoever owns the device computes that, perhaps together with what others want, and lets it go on. So a pipeline is
paused between any two denoising steps, cancelled by an exception at its next call, and equal to itself run alone.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import torch
from greenlet import getcurrent, greenlet

Kind = Literal["forward", "aside"]

FORWARD: Final = "transformer"

_PINNED: Final[WeakKeyDictionary[Any, type]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a halted pipeline waits for.

    Attributes:
        kind: ``forward``: a denoising forward, which others can share. ``aside``: anything else that takes the device
            a while, such as encoding text; it need not wait for the forwards of others.
        run: Computes it for this request alone.
        args, kwargs: What the pipeline gave the model.
    """

    kind: Kind
    run: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def alone(self) -> Any:
        """The answer, computed for this request alone."""
        return self.run(*self.args, **self.kwargs)


class Fiber:
    """One request's way through its pipeline."""

    def __init__(self, body: Callable[[], Any]) -> None:
        """Prepare to run ``body``, which builds on stand-ins; nothing runs yet."""
        self._greenlet = _Halting(body)
        self.result: Any = None
        self.call: Call | None = None

    @property
    def is_over(self) -> bool:
        """Whether the pipeline has returned or raised."""
        return bool(self._greenlet.dead)

    def start(self) -> None:
        """Run to the first call."""
        self._go(self._greenlet.begin)

    def answer(self, value: Any) -> None:
        """Give the pipeline what it waited for and let it run to its next call.

        Raises:
            Exception: Whatever the pipeline raises.
        """
        self._go(lambda: self._greenlet.switch(value))

    def fail(self, error: BaseException) -> None:
        """Raise ``error`` in the pipeline where it waits. It comes out again unless the pipeline handles it."""
        self._go(lambda: self._greenlet.throw(error))

    def _go(self, switch: Callable[[], Any]) -> None:
        self.call = None
        given = switch()
        if self._greenlet.dead:
            self.result = given
        else:
            self.call = given


class _Halting(greenlet):
    """Runs a body in the thread's greenlet that begins it, which every halt comes back to."""

    def begin(self) -> Any:
        self.parent = getcurrent()
        return self.switch()

    def halt(self, call: Call) -> Any:
        if self.parent is None:
            raise RuntimeError("a pipeline that was not begun cannot halt")
        return self.parent.switch(call)


class StandIn:
    """Stands for a model in a request's pipeline: its methods of ``halting`` halt the request, all else is the model's."""

    def __init__(self, model: torch.nn.Module, halting: Mapping[str, Kind]) -> None:
        self._model = model
        self._halting = halting

    @property  # type: ignore[misc]  # nobody sets it
    def __class__(self) -> type:
        """The model's, as ``isinstance`` sees it: pipelines ask their modules on which device they are."""
        return type(self._model)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._model, name)
        kind = self._halting.get(name)
        return found if kind is None else _halting(kind, found)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Halt until the device has computed the model's forward."""
        return _halting(self._halting["__call__"], self._model)(*args, **kwargs)


def own(pipeline: Any, stand_ins: Mapping[str, Mapping[str, Kind]]) -> Any:
    """A request's own copy of a pipeline: the same weights, its own schedule and state.

    Args:
        pipeline: A loaded diffusers pipeline; it is not changed.
        stand_ins: By component, which of its methods halt the request.
    """
    mine = copy.copy(pipeline)
    mine.__class__ = _pinned(pipeline)
    for name, value in vars(pipeline).items():
        if isinstance(value, torch.nn.Module) and name in stand_ins:
            vars(mine)[name] = StandIn(value, stand_ins[name])  # past __setattr__, which would change the config
    vars(mine)["scheduler"] = copy.deepcopy(pipeline.scheduler)
    mine.set_progress_bar_config(disable=True)
    return mine


def _pinned(pipeline: Any) -> type:
    """The pipeline's class, which knows its device: a loaded pipeline stays where it is.

    diffusers looks for it anew whenever it is asked, through all modules of all models: 3.3 ms for FLUX.2 klein, four
    times an image, in which the device's thread would do nothing else.
    """
    if pipeline not in _PINNED:
        kind, device = type(pipeline), pipeline._execution_device  # noqa: SLF001 - as its own methods do
        _PINNED[pipeline] = type(kind.__name__, (kind,), {"_execution_device": device, "__module__": kind.__module__})
    return _PINNED[pipeline]


def aside(run: Callable[[], Any]) -> Any:
    """Halt the request that runs now until ``run()`` was computed beside the forwards of others; its result.

    Outside of a fiber it is simply computed.
    """
    return _halting("aside", run)()


def _halting(kind: Kind, run: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        current = getcurrent()
        if not isinstance(current, _Halting):
            return run(*args, **kwargs)
        return current.halt(Call(kind=kind, run=run, args=args, kwargs=kwargs))

    return call
