"""Sets text into boxes: line breaking, fitting as large as possible, and the SVG of the result.

Line breaks follow UAX 14, except that Korean breaks at spaces, as Korean typography does. Glyphs become outlines, so
that boxes are exact and the renderer needs no fonts. Knows nothing of scenes.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from uniseg.linebreak import line_break_units

from generator.sketch.art import UNITS, load_drawing
from generator.sketch.fonts import EM, Word, clean, clusters, shape_word

MAX_CHARACTERS = 1200
"""What is longer is cut and ends in an ellipsis."""

MIN_SIZE = 9.0
"""px per em below which nothing is set: nobody could read it."""

_LEADING = 1.18  # em from baseline to baseline
_WIDE_LEADING = 1.32  # for scripts that fill the em square
_READABLE = 10.5  # px per em below which words are broken rather than shrunk further
_EMOJI = 1.06  # em, side of inline art
_EMOJI_DROP = 0.14  # em below the baseline
_ASCENT, _DESCENT = 740.0, 210.0  # thousandths of an em, of letters like d and g
_STEPS = 12  # halvings when searching a size or a width

Line = tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Text set at a size.

    Attributes:
        size: px per em.
        lines: Top to bottom.
        width: px of the widest line's ink. ``height``: px from the first line's top to the last line's ink.
        leading: em from baseline to baseline.
        missing: Characters that no font has; they were left out.
        shortened: Whether the end was cut off.
    """

    size: float
    lines: tuple[Line, ...]
    width: float
    height: float
    leading: float
    missing: frozenset[str]
    shortened: bool

    def markup(self, x: float, y: float, width: float, align: str, prefix: str) -> str:
        """SVG without fill or stroke (the parent's business), set from the top ``y`` within ``x`` to ``x + width``."""
        scale = self.size / EM
        baseline = y + _ascent(self.lines) * scale if self.lines else y
        parts = []
        for number, line in enumerate(self.lines):
            inked = _inked(line) * scale
            left = x + {"left": 0.0, "right": width - inked}.get(align, (width - inked) / 2)
            parts.append(
                _line_markup(line, left, baseline + number * self.leading * self.size, scale, f"{prefix}{number}")
            )
        return "".join(parts)


def fit(
    text: str,
    width: float,
    height: float,
    *,
    weight: int = 700,
    max_size: float = 4096.0,
    max_lines: int = 99,
    even: bool = False,
) -> Block:
    """Set ``text`` as large as fits ``width`` by ``height`` px.

    Args:
        text: Anything; line breaks are kept.
        width: px.
        height: px.
        weight: 100 to 900.
        max_size: px per em that is not exceeded.
        max_lines: How many lines at most, unless the text brings its own breaks.
        even: Reckon with ascenders and descenders in every word, so that "cat" and "dog" come out alike.
    """
    words, shortened = _words(text, weight)
    words = tuple(tuple(_evened(word) for word in paragraph) for paragraph in words) if even else words
    wide = _leading(words)
    max_lines = max(max_lines, len(words))
    low, high = MIN_SIZE, max(MIN_SIZE, min(max_size, 1.6 * height, 4096.0))
    best = _try(words, high, (width, height), max_lines, wide)
    for _ in range(0 if best else _STEPS):
        middle = (low + high) / 2
        lines = _try(words, middle, (width, height), max_lines, wide)
        if lines is None:
            high = middle
        else:
            best, low = lines, middle
    size = high if best and low == MIN_SIZE else low
    if best is None or (size < _READABLE and len(words) > 0):
        broken = _fit_broken(words, (width, height), weight, wide)
        if broken is not None and (best is None or broken[0] > size):
            size, best = broken
    if best is None:
        size, (best, cut) = MIN_SIZE, _cut(_wrap(_broken(words, weight), width / MIN_SIZE * EM), height, wide)
        shortened = shortened or cut
    else:
        best = _balanced(words, best, size, width)
    return _block(best, size, wide, shortened, words)


def _evened(word: Word) -> Word:
    return replace(word, ascent=max(word.ascent, _ASCENT), descent=max(word.descent, _DESCENT))


def set_at(text: str, size: float, *, weight: int = 400) -> Block:
    """Set ``text`` at ``size`` px per em without wrapping."""
    words, shortened = _words(text, weight)
    lines = tuple(tuple(paragraph) for paragraph in words)
    return _block(lines, size, _leading(words), shortened, words)


@lru_cache(maxsize=512)
def _words(text: str, weight: int) -> tuple[tuple[Line, ...], bool]:
    """Paragraphs of shaped words, and whether the text was cut."""
    plain = clean(text).strip()
    shortened = len(plain) > MAX_CHARACTERS
    if shortened:
        plain = plain[: MAX_CHARACTERS - 1] + "…"
    paragraphs = (tuple(shape_word(unit, weight) for unit in _units(line)) for line in plain.split("\n"))
    return tuple(paragraphs), shortened


def _units(line: str) -> list[str]:
    units: list[str] = []
    for unit in line_break_units(line.strip()):
        if units and _is_hangul(units[-1][-1]) and _is_hangul(unit[0]):
            units[-1] += unit
        else:
            units.append(unit)
    return units


def _is_hangul(character: str) -> bool:
    return 0xAC00 <= ord(character) < 0xD7B0 or 0x1100 <= ord(character) < 0x1200


def _try(
    words: tuple[Line, ...], size: float, room: tuple[float, float], max_lines: int, leading: float
) -> tuple[Line, ...] | None:
    """The lines at this size, or None if they do not fit."""
    width = room[0] / size * EM
    if any(word.inked > width for paragraph in words for word in paragraph):
        return None
    lines = _wrap(words, width)
    if len(lines) > max_lines or _height(lines, leading) * size / EM > room[1]:
        return None
    return lines


def _wrap(words: tuple[Line, ...], width: float) -> tuple[Line, ...]:
    """Greedy line breaking; ``width`` in thousandths of an em."""
    lines: list[Line] = []
    for paragraph in words:
        line: list[Word] = []
        used = 0.0
        for word in paragraph:
            if line and used + word.inked > width:
                lines.append(tuple(line))
                line, used = [], 0.0
            line.append(word)
            used += word.advance
        lines.append(tuple(line))
    return tuple(lines)


def _balanced(words: tuple[Line, ...], lines: tuple[Line, ...], size: float, width: float) -> tuple[Line, ...]:
    """The same number of lines, as even as they get: no lonely last word."""
    if len(lines) == len(words):
        return lines
    low, high, best = 0.0, width / size * EM, lines
    for _ in range(_STEPS):
        middle = (low + high) / 2
        tried = _wrap(words, middle)
        if len(tried) <= len(lines) and all(_inked(line) <= width / size * EM for line in tried):
            best, high = tried, middle
        else:
            low = middle
    return best


def _fit_broken(
    words: tuple[Line, ...], room: tuple[float, float], weight: int, leading: float
) -> tuple[float, tuple[Line, ...]] | None:
    broken = _broken(words, weight)
    for size in (_READABLE, (_READABLE + MIN_SIZE) / 2, MIN_SIZE):
        lines = _try(broken, size, room, 999, leading)
        if lines is not None:
            return size, lines
    return None


def _broken(words: tuple[Line, ...], weight: int) -> tuple[Line, ...]:
    """Every character on its own, for words that are wider than their box."""
    return tuple(tuple(piece for word in paragraph for piece in _pieces(word, weight)) for paragraph in words)


def _pieces(word: Word, weight: int) -> tuple[Word, ...]:
    if len(word.text) <= 1:
        return (word,)
    return tuple(shape_word(cluster, weight) for cluster in clusters(word.text))


def _cut(lines: tuple[Line, ...], height: float, leading: float) -> tuple[tuple[Line, ...], bool]:
    """As many lines as fit at the smallest size."""
    count = max(1, int((height / MIN_SIZE - 1.0) / leading) + 1)
    return lines[:count], len(lines) > count


def _block(lines: tuple[Line, ...], size: float, leading: float, shortened: bool, words: tuple[Line, ...]) -> Block:  # noqa: FBT001 - internal
    missing = frozenset(character for paragraph in words for word in paragraph for character in word.missing)
    visible = tuple(line for line in lines) if any(word.inked for line in lines for word in line) else ()
    return Block(
        size=size,
        lines=visible,
        width=max((_inked(line) for line in visible), default=0.0) * size / EM,
        height=_height(visible, leading) * size / EM if visible else 0.0,
        leading=leading,
        missing=missing,
        shortened=shortened,
    )


def _leading(words: tuple[Line, ...]) -> float:
    tall = any(word.tall for paragraph in words for word in paragraph)
    return _WIDE_LEADING if tall else _LEADING


def _ascent(lines: tuple[Line, ...]) -> float:
    return max((word.ascent for word in lines[0]), default=0.0) if lines else 0.0


def _height(lines: tuple[Line, ...], leading: float) -> float:
    descent = max((word.descent for word in lines[-1]), default=0.0) if lines else 0.0
    return _ascent(lines) + (len(lines) - 1) * leading * EM + descent


def _inked(line: Line) -> float:
    """Width up to the last ink: trailing spaces and words that no font has take no room."""
    cursor = inked = 0.0
    for word in line:
        if word.inked:
            inked = cursor + word.inked
        cursor += word.advance
    return inked


def _line_markup(line: Line, left: float, baseline: float, scale: float, prefix: str) -> str:
    parts, cursor = [], left
    for index, word in enumerate(line):
        if word.path:
            parts.append(
                f'<path transform="translate({cursor:.2f} {baseline:.2f}) scale({scale:.5f})" d="{word.path}"/>'
            )
        for number, (key, x) in enumerate(word.emoji):
            drawing = load_drawing(key)
            if drawing is not None:
                side = _EMOJI * scale * EM
                at = (cursor + x * scale + 0.05 * side, baseline - side + _EMOJI_DROP * scale * EM)
                body = drawing.markup(f"{prefix}w{index}e{number}", lambda fill: fill)
                parts.append(
                    f'<g stroke="none" transform="translate({at[0]:.2f} {at[1]:.2f}) scale({side / UNITS:.5f})">{body}</g>'
                )
        cursor += word.advance * scale
    return "".join(parts)
