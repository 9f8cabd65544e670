"""Whether every text block can be read back, letter by letter.

The reader is trusted to spell, not to think: it does not correct misspelt words. Case counts; spaces and line breaks
do not. Characters that look alike to any reader (0 and O; 1, l, I and |) and typographic variants of quotes, dashes and dots
are taken as equal. Pictographs are not compared.
"""

import asyncio
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from PIL import Image

from generator.checks.ocr import TextReader
from generator.checks.pixels import OPAQUE, Picture, Pixels, span, thinned
from generator.receipt import ReceiptLine
from generator.request import GenerationRequest
from generator.scene import Box, Kind, Scene, SceneObject, TextRole

_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00b7\u2022\u30fb\u2219", "\u00b7"),
    }
)
_UNREAD = frozenset({"Cf", "So", "Sk"})  # joiners, pictographs (a reader takes one heart for another), skin tones
_SELECTORS = frozenset("\ufe0e\ufe0f")
_TWINS = str.maketrans({"0": "O", "1": "I", "l": "I", "|": "I"})
_SIDE, _LONG_SIDE = 640, 1280  # px, to which a crop is enlarged and reduced: fast, and every line stays high enough
_MAX_ENLARGEMENT = 4.0
_WAYS = ((1.0, False, False), (2.0, False, False), (1.0, True, False), (1.0, False, True))
"""Enlargement, inverted, as one line: tried in this order until one reads what was asked. A wrong word stays wrong."""
_UPRIGHT = 12.0  # degrees that the reader copes with by itself


def folded(text: str) -> str:
    """What two texts must agree in: NFKC, without spaces and pictographs, typographic variants as one."""
    plain = unicodedata.normalize("NFKC", text.translate(_VARIANTS)).translate(_VARIANTS)
    return "".join(
        letter
        for letter in plain
        if not letter.isspace() and unicodedata.category(letter) not in _UNREAD and letter not in _SELECTORS
    )


async def check_texts(
    picture: Picture, request: GenerationRequest, scene: Scene | None, reader: TextReader | None
) -> tuple[ReceiptLine, ...]:
    """One line per text of the scene and per text block of the request that the scene has no object for."""
    objects = [item for item in (scene.objects if scene else ()) if item.kind is Kind.TEXT and item.text]
    lines = [await _check(picture, scene, item, reader) for item in objects]
    known = {folded(item.text or "") for item in objects}
    for block in request.text_blocks:
        if folded(block.text) not in known:
            loose = SceneObject(id="", kind=Kind.TEXT, text=block.text, role=TextRole.LABEL)
            lines.append(await _check(picture, scene, loose, reader))
    return tuple(lines)


async def _check(picture: Picture, scene: Scene | None, item: SceneObject, reader: TextReader | None) -> ReceiptLine:
    asked = item.text or ""
    why = await asyncio.to_thread(_unreadable, asked, reader)  # the reader may have to load its model first
    if why or reader is None:
        return ReceiptLine(check="text", asked=asked, measured=f"not checked: {why}", passed=None, target=item.id)
    whole = (0.0, 0.0, float(picture.width), float(picture.height))
    boxes = picture.boxes(scene, item.boxes) if scene is not None and item.boxes else (whole,)
    measured, passed = "", True
    for box in boxes:
        # In a picture without a plan the words may be anywhere, between other ones.
        anywhere = item.role is TextRole.LABEL or not item.boxes
        measured, passed = await _read(picture, box, item, reader, anywhere=anywhere)
        if not passed:
            break
    return ReceiptLine(check="text", asked=asked, measured=measured, passed=passed, target=item.id)


def _unreadable(asked: str, reader: TextReader | None) -> str:
    if reader is None:
        return "no reader"
    letters = {letter for letter in unicodedata.normalize("NFC", asked) if folded(letter)}
    if not letters:
        return "nothing to read"
    # A reader may know a letter by itself (½) or by what it stands for (… is three dots).
    unknown = [letter for letter in letters if reader.unreadable(letter) and reader.unreadable(folded(letter))]
    return f"no reader for {', '.join(sorted({_script(letter) for letter in unknown}))}" if unknown else ""


def _script(letter: str) -> str:
    """``Hangul`` for any Hangul syllable, ``U+1F600`` for what has no letters."""
    if not letter.isalpha():
        return f"U+{ord(letter):04X}"
    return unicodedata.name(letter, "unknown").split()[0].capitalize()


async def _read(
    picture: Picture, box: Box, item: SceneObject, reader: TextReader, *, anywhere: bool
) -> tuple[str, bool]:
    """Read one box until it says what was asked, or all ways are tried; then the reading that comes nearest."""
    asked, best, nearness = folded(item.text or ""), "", -1.0
    crop = _upright(_crop(picture, box), item.angle)
    for enlargement, inverted, one_line in _WAYS:
        pixels = _scaled(crop, enlargement)
        lines = await reader.read(255 - pixels if inverted else pixels, one_line=one_line)
        reading = _matching(asked, lines, anywhere=anywhere)
        if reading is not None:
            return reading, True
        text = " ".join(lines)
        similar = SequenceMatcher(None, asked, folded(text), autojunk=False).ratio()
        if similar > nearness:
            best, nearness = text, similar
    return best, False


def _matching(asked: str, lines: Sequence[str], *, anywhere: bool) -> str | None:
    """The lines as read if they spell what was asked; ``anywhere``: some successive ones of them, others are scenery."""
    spans = [(0, len(lines))]
    if anywhere:
        spans += [(start, end) for start in range(len(lines)) for end in range(start + 1, len(lines) + 1)]
    for start, end in spans:
        reading = " ".join(lines[start:end])
        if folded(reading).translate(_TWINS) == asked.translate(_TWINS):
            return reading
    return None


def _crop(picture: Picture, box: Box) -> Pixels:
    """``(h, w, 3)``: the box and a little around it, transparency filled with what contrasts."""
    pad = 4 + 0.06 * (box[3] - box[1])
    cut = picture.rgba[span(box, pad, picture.width, picture.height)]
    if not cut.size:
        return np.zeros((1, 1, 3), dtype=np.uint8)
    solid = thinned(cut[cut[..., 3] >= OPAQUE])
    dark = len(solid) > 0 and float(solid[:, :3].mean()) < 128
    alpha = cut[..., 3:].astype(np.float32) / 255
    plate = 255.0 if dark or not len(solid) else 0.0
    return np.asarray(np.rint(cut[..., :3] * alpha + plate * (1 - alpha)), dtype=np.uint8)


def _upright(crop: Pixels, angle: float) -> Pixels:
    """Turned back by ``angle`` degrees clockwise, if that is more than the reader copes with."""
    turn = (angle + 180) % 360 - 180
    if abs(turn) <= _UPRIGHT:
        return crop
    corner = tuple(int(value) for value in np.median(crop[[0, 0, -1, -1], [0, -1, 0, -1]], axis=0))
    image = Image.fromarray(crop, "RGB")
    return np.asarray(image.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=corner))


def _scaled(crop: Pixels, enlargement: float) -> Pixels:
    height, width = crop.shape[:2]
    longest = max(height, width)
    factor = min(max(_SIDE / longest, min(1.0, _LONG_SIDE / longest)) * enlargement, _MAX_ENLARGEMENT)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(Image.fromarray(crop, "RGB").resize(size, Image.Resampling.LANCZOS))
