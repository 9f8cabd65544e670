"""The ``Family`` port: what the engine needs to know of models that are built alike.

A request runs the model's own diffusers pipeline in a fiber (see ``generator.diffusion.fibers``), which encodes, steps
and decodes as diffusers does. A family says how that pipeline is called and how the denoising forwards of unlike
requests are computed together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from generator.diffusion.encodings import Encodings
from generator.diffusion.fibers import Call
from generator.diffusion.task import Task
from generator.models.card import FamilyName, ModelCard

OnStep = Callable[[int, Callable[[], torch.Tensor]], None]
"""Called after each step with how many are behind, and with what estimates the finished latents (x0) from it, in the
pipeline's own packing, on the device. Must be cheap: the device waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A model in memory.

    Attributes:
        pipeline: A diffusers pipeline; nobody calls or changes it, every request has its own copy.
        encodings: Of prompts and references by this model.
    """

    card: ModelCard
    pipeline: Any
    encodings: Encodings


class Family(Protocol):
    """One kind of models. Stateless: one instance serves every model of its kind."""

    @property
    def name(self) -> FamilyName:
        """Which kind."""
        ...

    @property
    def packs(self) -> bool:
        """Whether unlike requests can share a forward; otherwise ``forward`` gets one call at a time."""
        ...

    def load(self, source: str, options: Mapping[str, Any]) -> Any:
        """The pipeline, through diffusers' own loader.

        Args:
            source: A local folder or a hub id.
            options: For ``from_pretrained``: ``dtype``, ``revision``, ``quantization_config``,
                ``local_files_only``.

        Raises:
            OSError, ValueError: There is no such model, or it is not of this kind.
        """
        ...

    def body(self, model: Loaded, task: Task, on_step: OnStep) -> Callable[[], torch.Tensor]:
        """What makes the image when it runs in a fiber: the pipeline's own copy, called with the task.

        Returns:
            Gives a tensor (channels, height, width) on the CPU, float32 from 0 to 1; 3 channels, or 4 with straight
            alpha. It halts for every forward and for what can be done aside.
        """
        ...

    def tokens(self, model: Loaded, task: Task) -> int:
        """Length of the sequence of one call of the transformer, text and references included.

        Where the pipeline computes the branches of guidance as a batch: of all rows together.
        """
        ...

    def forwards(self, model: Loaded, task: Task) -> int:
        """How often the pipeline calls the transformer for the task: the steps, twice if guidance is a second call."""
        ...

    def forward(self, model: Loaded, calls: Sequence[Call]) -> Sequence[Any]:
        """One denoising forward for all calls, each answered as the pipeline's transformer would have alone.

        Raises:
            torch.OutOfMemoryError: There are too many at once.
        """
        ...

    def preview(self, model: Loaded, task: Task, latents: torch.Tensor) -> torch.Tensor | None:
        """A small picture of what ``on_step`` was given.

        Returns:
            (3, height, width), float32 from 0 to 1 on the CPU, at most 256 px at its longer side. None where nothing
            can be shown.
        """
        ...
