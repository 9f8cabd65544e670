"""Describing an image without a model that sees: from our own record if it is ours, else what can be measured of it.

It says which of the two it is, and of a measured image that nothing was understood. Knows no platform.
"""

import asyncio
import inspect
import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bots.alt import alt_text
from bots.decoding import decoded
from bots.planning.quotes import clean
from bots.replies import say, say_all
from generator.checks.ocr import TextReader
from generator.colors import to_oklch
from generator.palette import dominant_colors
from generator.scene import Notice
from moderation.intake import CleanImage
from moderation.types import Locale
from storage.credentials import Credentials
from storage.errors import UnreadableImage
from storage.provenance import verify
from storage.records import GenerationRecord
from storage.store import Records

MaySee = Callable[[GenerationRecord], bool | Awaitable[bool]]

_COLORS: Final = 5
_READ_SIDE: Final = 1600  # px; text that cannot be read in a picture of that size is small print
_MAX_LINES, _MAX_TEXT = 12, 400  # lines and characters of read text that are told
_MAX_PROMPT: Final = 300  # characters

_GRAY: Final = 0.025  # OKLCH chroma below which a color has no hue
_BLACK, _DARK, _LIGHT, _WHITE = 0.22, 0.42, 0.82, 0.96  # OKLCH lightness
_HUES: Final = (  # OKLCH degrees up to which a hue has its name
    (12.0, "pink"),
    (42.0, "red"),
    (78.0, "orange"),
    (118.0, "yellow"),
    (172.0, "green"),
    (222.0, "turquoise"),
    (286.0, "blue"),
    (322.0, "purple"),
    (360.0, "pink"),
)
_BROWN: Final = 0.6  # an orange darker than that is called brown
_BEIGE: Final = 0.07  # a light orange or yellow less colorful than that is called beige


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What can be said about an image.

    Attributes:
        source: ``record``: what we know because we drew it; ``measured``: what its pixels show, not understood.
        words: Several lines, in the language asked for; may hold words read in the image, so send it without pings.
        colors: Dominant colors as ``#rrggbb``, most frequent first, at most five.
        generation: The record's id.
    """

    source: Literal["record", "measured"]
    words: str
    colors: tuple[str, ...]
    generation: str | None = None


async def describe(
    data: bytes,
    *,
    records: Records,
    credentials: Credentials,
    ocr: TextReader | None,
    locale: Locale,
    may_see: MaySee,
) -> Description:
    """Describe an image file as it came from outside.

    Args:
        data: The file, of any length and content.
        records: Where our own images are looked up.
        credentials: What our manifests are told by.
        ocr: Reads text; None when no reader is configured.
        locale: The language of the words.
        may_see: Whether whoever asks may see what a record says. To anybody else our image is described like a
            stranger's: prompt and requester are not theirs to read.

    Raises:
        IntakeError: The file is not taken; its key says why.
        DatabaseUnavailable: The records cannot be searched.
    """
    image = await decoded(data)
    colors = await asyncio.to_thread(dominant_colors, image.png, _COLORS)
    record = await _own_record(data, records, credentials)
    if record is not None and await _allowed(may_see, record):
        words = "\n".join(say_all(_recorded(record, locale), locale))
        return Description(source="record", words=words, colors=colors, generation=record.id)
    words = "\n".join(say_all(await _measured(image, colors, ocr, locale), locale))
    return Description(source="measured", words=words, colors=colors)


async def _own_record(data: bytes, records: Records, credentials: Credentials) -> GenerationRecord | None:
    try:
        provenance = await verify(data, records, credentials)
    except UnreadableImage:
        return None  # a format that carries no credentials
    if not provenance.ours or provenance.generation is None:
        return None
    return await records.generation(provenance.generation)


async def _allowed(may_see: MaySee, record: GenerationRecord) -> bool:
    answer = may_see(record)
    return await answer if inspect.isawaitable(answer) else bool(answer)


def _recorded(record: GenerationRecord, locale: Locale) -> list[Notice]:
    """Our own words about an image that we drew."""
    prompt = " ".join(record.request.prompt.split())
    style = record.scene.style if record.scene else record.request.style
    facts = {"width": str(record.width), "height": str(record.height), "style": style, "seed": str(record.seed)}
    passed = [line.passed for line in record.receipt]
    told = [
        Notice(key="describe-record"),
        Notice(key="describe-shows", args={"alt": alt_text(record.request, record.scene, locale)}),
    ]
    if prompt:
        told.append(Notice(key="describe-prompt", args={"prompt": _cut(prompt, _MAX_PROMPT)}))
    told.append(Notice(key="describe-facts", args={**facts, "engine": record.engine}))
    told.append(
        Notice(
            key="describe-receipt",
            args={"passed": passed.count(True), "failed": passed.count(False), "open": passed.count(None)},
        )
    )
    return told


async def _measured(image: CleanImage, colors: Sequence[str], ocr: TextReader | None, locale: Locale) -> list[Notice]:
    """What the pixels say."""
    pixels, has_alpha = await asyncio.to_thread(_decoded, image.png)
    told = [
        Notice(key="describe-measured"),
        Notice(
            key="describe-size",
            args={"width": str(image.width), "height": str(image.height), "alpha": "yes" if has_alpha else "no"},
        ),
    ]
    if colors:
        named = ", ".join(say(_named(color, locale), locale) for color in colors)
        told.append(Notice(key="describe-colors", args={"colors": named}))
    if ocr is None:
        told.append(Notice(key="describe-text-unread"))
    else:
        text = _joined(await ocr.read(pixels))
        told.append(Notice(key="describe-text", args={"text": text}) if text else Notice(key="describe-no-text"))
    return told


class _Decoded(NamedTuple):
    pixels: NDArray[np.uint8]
    has_alpha: bool


def _decoded(png: bytes) -> _Decoded:
    """``(H, W, 3)`` on white, not larger than is read, and whether anything in it is transparent."""
    with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
        image = opened.convert("RGBA")
    lowest, _ = image.getchannel("A").getextrema()
    image.thumbnail((_READ_SIDE, _READ_SIDE), Image.Resampling.LANCZOS)
    sheet = Image.alpha_composite(Image.new("RGBA", image.size, "#ffffff"), image).convert("RGB")
    return _Decoded(np.asarray(sheet), isinstance(lowest, int | float) and lowest < _OPAQUE)


_OPAQUE: Final = 255


def _joined(lines: Sequence[str]) -> str:
    """The lines read, in one, bounded and without anything that would change how they are shown."""
    return _cut(" / ".join(filter(None, (" ".join(clean(line).split()) for line in lines[:_MAX_LINES]))), _MAX_TEXT)


def _named(color: str, locale: Locale) -> Notice:
    """The color's everyday name and its hex."""
    lightness, chroma, hue = to_oklch(color)
    tone = "dark" if lightness < _DARK else "light" if lightness > _LIGHT else "plain"
    if chroma < _GRAY:
        name = "black" if lightness < _BLACK else "white" if lightness > _WHITE else "gray"
        tone = tone if name == "gray" else "plain"
    else:
        name, tone = _hue_name(hue, lightness, chroma, tone)
    hue_word = say(Notice(key="describe-hue", args={"name": name}), locale)
    return Notice(key="describe-color", args={"hue": hue_word, "tone": tone, "hex": color})


def _hue_name(hue: float, lightness: float, chroma: float, tone: str) -> tuple[str, str]:
    name = next(name for limit, name in _HUES if hue % 360 <= limit)
    if name == "orange" and lightness < _BROWN:
        return "brown", tone
    if name in {"orange", "yellow"} and lightness > _LIGHT and chroma < _BEIGE:
        return "beige", "plain"
    # Yellow is a light color by nature.
    return name, "plain" if name == "yellow" and tone == "light" else tone


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
