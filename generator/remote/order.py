"""One request in the images API's terms, and into which calls of the server it is split."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image

from generator.errors import RenderFailed
from generator.models.card import ModelCard
from generator.prompting.wording import Wording
from generator.refining.sizes import model_size
from generator.remote.setup import RemoteSetup
from generator.request import MAX_ASPECT, SEED_LIMIT, GenerationRequest, ReferenceRole
from generator.scene import TRANSPARENT

PER_CALL: Final = 4  # images; keeps an answer within its bound
PREVIEWS: Final = 3  # partial images, the most that OpenAI's API sends
ROOM: Final = 1.15  # of pixels, for what rounding to a model's multiples takes away
MAX_RATIO: Final = int(MAX_ASPECT)  # what rounding adds to the longest shapes, servers refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the server: ``count`` images from the request's image ``first`` on; ``streamed`` with previews."""

    first: int
    count: int
    streamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of a server for every call of a request.

    Attributes:
        kind: See ``kind_of``.
        fields: Arguments of ``images.generate`` and ``images.edit`` but ``n``.
        images: PNGs to draw upon, the one to edit first; empty where it draws from words alone.
        mask: A PNG of the first image's size, transparent where it may change.
        extra: Fields that are the server's own.
        seed: Of the request's first image; None for a server that takes none.
    """

    kind: str
    fields: Mapping[str, Any]
    images: tuple[bytes, ...] = ()
    mask: bytes | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None

    def extra_of(self, call: Call) -> dict[str, Any]:
        """The server's own fields for one call."""
        if self.seed is None:
            return dict(self.extra)
        return {**self.extra, "seed": (self.seed + call.first) % SEED_LIMIT}


def order_of(
    request: GenerationRequest, references: Mapping[str, bytes], wording: Wording, setup: RemoteSetup
) -> Order:
    """The request for this server. Nothing says who asked: no ``user``, no ``safety_identifier``. Blocking.

    Raises:
        RenderFailed: The mask cannot be read.
    """
    dialect, card = setup.dialect, setup.card
    images = tuple(references[digest] for digest in drawn_upon(request))
    width, height = size_of(request.width, request.height, setup, card)
    fields: dict[str, Any] = {
        "model": setup.model,
        "prompt": wording.prompt,
        "size": f"{width}x{height}",
    }
    if dialect.output_format:
        fields["output_format"] = "png"
    if dialect.response_format:
        fields["response_format"] = "b64_json"
    if dialect.background and request.background == TRANSPARENT and card.abilities.rgba:
        fields["background"] = "transparent"
    if dialect.quality and request.quality != "auto":
        fields["quality"] = request.quality
    masked = request.mask_image if dialect.mask and images else None
    return Order(
        kind=kind_of(request),
        fields=fields,
        images=images,
        mask=None if masked is None else mask_of(references[masked], images[0]),
        extra=_steering(request, wording) if dialect.steering else {},
        seed=request.seed if dialect.steering else None,
    )


def calls(order: Order, n: int, *, streamed: bool, several: bool) -> list[Call]:
    """How ``n`` images are asked for.

    One by one where each has its seed or the server draws no ``several`` at once; else a few at once, but the first
    alone where it is watched as it comes.
    """
    most = PER_CALL if several and order.seed is None else 1
    found = [Call(first=0, count=1, streamed=True)] if streamed else []
    return found + [Call(first=at, count=min(most, n - at)) for at in range(len(found), n, most)]


def size_of(width: int, height: int, setup: RemoteSetup, card: ModelCard) -> tuple[int, int]:
    """The size to ask for: of the setup's the one most alike in shape, then in pixels; else the model's own."""
    if not setup.sizes:
        grown = max(1.0, (ROOM * setup.dialect.least / (width * height)) ** 0.5)
        wide, high = model_size(round(width * grown), round(height * grown), card)
        return min(wide, MAX_RATIO * high), min(high, MAX_RATIO * wide)

    def unlike(size: tuple[int, int]) -> tuple[float, int]:
        shape = size[0] * height / (size[1] * width)
        return max(shape, 1 / shape), abs(size[0] * size[1] - width * height)

    return min(setup.sizes, key=unlike)


def drawn_upon(request: GenerationRequest) -> list[str]:
    """Digests of the images to draw upon, the one to change first; what only gives colors is in the words already."""
    used = [one for one in request.references if one.role is not ReferenceRole.PALETTE]
    used.sort(key=lambda one: one.role is not ReferenceRole.EDIT)
    return [one.digest for one in used]


def kind_of(request: GenerationRequest) -> str:
    """Requests of one kind take about as long."""
    return "edit" if drawn_upon(request) else "create"


def mask_of(mask: bytes, image: bytes) -> bytes:
    """From ours, white where the image may change, to the API's: transparent there, and of the image's size.

    Raises:
        RenderFailed: One of them cannot be read.
    """
    try:
        wanted = Image.open(io.BytesIO(image)).size
        drawn = Image.open(io.BytesIO(mask)).convert("L")
    except (OSError, ValueError, SyntaxError):
        raise RenderFailed("the mask cannot be read") from None
    kept = drawn.resize(wanted, Image.Resampling.NEAREST).point(lambda value: 0 if value > 127 else 255)
    target = io.BytesIO()
    Image.merge("LA", (Image.new("L", wanted), kept)).convert("RGBA").save(target, "PNG")
    return target.getvalue()


def _steering(request: GenerationRequest, wording: Wording) -> dict[str, Any]:
    """What diffusion servers take beyond OpenAI's fields; what the request leaves open is left to the server."""
    found = {
        "negative_prompt": wording.negative_prompt or None,
        "num_inference_steps": request.num_inference_steps,
        "guidance_scale": request.guidance_scale,
    }
    return {name: value for name, value in found.items() if value is not None}
