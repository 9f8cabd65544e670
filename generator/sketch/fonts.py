"""The fonts, their fallback order, and words as outlines.

A word is shaped once per weight and kept as one SVG path in thousandths of an em, so that drawing it costs a
transform. Emoji inside words are left as art keys for the caller. A character that no font has is reported, never
drawn as an empty box. Knows nothing of lines, boxes or colors.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec

import uharfbuzz as hb
from uniseg.graphemecluster import grapheme_clusters

from generator.sketch.art import has_art

EM = 1000.0
"""Units per em of all outlines and advances here."""

CAP_HEIGHT = 727.0
"""Of Inter, in thousandths of an em."""

_EMOJI_ADVANCE = 1.16  # em, a little air around inline art
_BOLD_FROM = 600  # weight from which the CJK fonts, which have two weights, are bold
_JOINERS = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f")
_ASTRAL_EMOJI = 0x1F000
_FIRST_TALL = 0x1100  # Hangul, kana and Han follow


@dataclass(frozen=True, slots=True)
class Face:
    """One font file, loaded."""

    face: hb.Face
    characters: frozenset[int]
    variable: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A shaped run of text.

    Attributes:
        text: What was shaped.
        path: SVG path data, y downwards from the baseline, thousandths of an em.
        emoji: ``(art key, x of its left edge)``.
        advance: Width including trailing spaces.
        inked: Width without trailing spaces.
        ascent: Highest ink above the baseline. ``descent``: lowest below it, positive.
        missing: Characters that no font has.
        tall: Whether its glyphs fill the em square, as Hangul and Han do.
    """

    text: str
    path: str
    emoji: tuple[tuple[str, float], ...]
    advance: float
    inked: float
    ascent: float
    descent: float
    missing: frozenset[str]
    tall: bool


class _Pen:
    """Collects a glyph's outline as SVG path data."""

    def __init__(self, scale: float, shift: float, lift: float) -> None:
        self.scale, self.shift, self.lift = scale, shift, lift
        self.parts: list[str] = []
        self.top = self.bottom = 0.0

    def _points(self, command: str, *points: tuple[float, float]) -> None:
        out = []
        for x, y in points:
            up = self.lift + y * self.scale
            self.top, self.bottom = max(self.top, up), max(self.bottom, -up)
            out.append(f"{self.shift + x * self.scale:.1f} {-up:.1f}")
        self.parts.append(command + " ".join(out))

    def moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol's name
        self._points("M", point)

    def lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol's name
        self._points("L", point)

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol's name
        self._points("C", *points)

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 - the pen protocol's name
        self._points("Q", *points)

    def closePath(self) -> None:  # noqa: N802 - the pen protocol's name
        self.parts.append("Z")


def scripts_available() -> tuple[str, ...]:
    """Which scripts the installed fonts cover: ``latin``, ``greek``, ``cyrillic``, ``hangul``, ``kana``, ``han``."""
    samples = {"latin": "A", "greek": "Ω", "cyrillic": "Ж", "hangul": "한", "kana": "か", "han": "漢"}
    return tuple(name for name, sample in samples.items() if _face_for(sample, 400) is not None)


@lru_cache(maxsize=8192)
def shape_word(text: str, weight: int) -> Word:
    """Shape one run; spaces count, control characters do not.

    Args:
        text: A word with its trailing spaces, or any short run without line breaks.
        weight: 100 to 900.
    """
    parts: list[str] = []
    emoji: list[tuple[str, float]] = []
    missing: set[str] = set()
    cursor = inked = top = bottom = 0.0
    for run, source in _runs(text, weight):
        if source is None:
            missing.add(run)
        elif isinstance(source, str):
            emoji.append((source, cursor))
            cursor += _EMOJI_ADVANCE * EM
            inked, top = cursor, max(top, 0.86 * EM)
        else:
            advance, pens = _outlines(run, source, weight, cursor)
            for pen in pens:
                parts.extend(pen.parts)
                top, bottom = max(top, pen.top), max(bottom, pen.bottom)
            trailing = _outlines(run[len(run.rstrip()) :], source, weight, 0.0)[0] if run.rstrip() != run else 0.0
            cursor += advance
            inked = cursor - trailing if run.strip() else inked
    tall = any(ord(character) >= _FIRST_TALL for character in text)
    return Word(text, "".join(parts), tuple(emoji), cursor, inked, top, bottom, frozenset(missing), tall)


def clusters(text: str) -> Iterator[str]:
    """The user-perceived characters of a text."""
    yield from grapheme_clusters(text)


def clean(text: str) -> str:
    """NFC, tabs as spaces, line breaks as newlines, without control characters and bidirectional marks."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    kept = (c for c in unified if c == "\n" or c in _JOINERS or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return "".join(kept)


def _runs(text: str, weight: int) -> Iterator[tuple[str, Face | str | None]]:
    """Neighbouring characters that one font draws; emoji and missing characters one by one."""
    run, current = "", None
    for cluster in clusters(text):
        if not cluster.strip("".join(_JOINERS)):
            continue
        source = current if cluster.isspace() and current is not None else _source(cluster, weight)
        if run and source is not current:
            yield run, current
            run = ""
        if isinstance(source, Face):
            run, current = run + cluster, source
        else:
            yield cluster, source
            current = None
    if run:
        yield run, current


def _source(cluster: str, weight: int) -> Face | str | None:
    wants_emoji = "\ufe0f" in cluster or ord(cluster[0]) >= _ASTRAL_EMOJI
    key = _emoji_key(cluster)
    if wants_emoji and key:
        return key
    return _face_for(cluster, weight) or key


@lru_cache(maxsize=4096)
def _face_for(cluster: str, weight: int) -> Face | None:
    wanted = {ord(character) for character in cluster if character not in _JOINERS}
    return next((face for face in _faces(weight >= _BOLD_FROM) if wanted <= face.characters), None)


@lru_cache(maxsize=1024)
def _emoji_key(cluster: str) -> str | None:
    points = [f"{ord(character):x}" for character in cluster if character != "\ufe0e"]
    for candidate in ("-".join(points), "-".join(point for point in points if point != "fe0f")):
        if len(points) <= 10 and has_art(candidate):
            return candidate
    return None


@lru_cache(maxsize=2)
def _faces(bold: bool) -> tuple[Face, ...]:  # noqa: FBT001 - the cache's key
    found = [
        _load("fontpkg_inter", "files/Inter[opsz,wght].ttf"),
        _load("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf"),
    ]
    name = "Bold" if bold else "Regular"
    if find_spec(f"cvttf_NotoSansCJK_{name}") is not None:
        found.append(_load(f"cvttf_NotoSansCJK_{name}", f"NotoSansCJKtc-{name}.otf"))
    return tuple(found)


@lru_cache(maxsize=8)
def _load(package: str, path: str) -> Face:
    blob = hb.Blob.from_file_path(str(files(package) / path))
    face = hb.Face(blob)
    return Face(face, frozenset(face.unicodes), bool(face.axis_infos))


@lru_cache(maxsize=32)
def _font(source: Face, weight: int) -> hb.Font:
    font = hb.Font(source.face)
    if source.variable:  # optical size 32 is Inter's display cut: these are posters, not pages
        font.set_variations({"wght": min(900, max(100, weight)), "opsz": 32})
    return font


def _outlines(text: str, source: Face, weight: int, shift: float) -> tuple[float, list[_Pen]]:
    if not text:
        return 0.0, []
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.language = _language(text)
    font = _font(source, weight)
    hb.shape(font, buffer)
    scale, cursor, pens = EM / source.face.upem, shift, []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        pen = _Pen(scale, cursor + position.x_offset * scale, position.y_offset * scale)
        font.draw_glyph_with_pen(info.codepoint, pen)
        pens.append(pen)
        cursor += position.x_advance * scale
    return cursor - shift, pens


def _language(text: str) -> str:
    """Han characters look different in every language; the font holds Korean, Japanese and both Chinese forms."""
    for character in text:
        point = ord(character)
        if 0x3040 <= point < 0x3100:
            return "ja"
        if 0xAC00 <= point < 0xD7B0:
            return "ko"
    return "zh-Hans" if any(0x4E00 <= ord(character) < 0xA000 for character in text) else "en"
