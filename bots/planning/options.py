"""Explicit options, wherever they stand in a sentence: size, background, style, count, seed, format, quoted text.

Options are read exactly or refused with a reason; nothing is guessed. What has been read is cut out of the sentence and
the rest is left to the grammar. Everything here is linear in the length of the text.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from bots.conversation import Options
from bots.planning.backgrounds import take_background
from bots.planning.color_words import HEX_LIKE, bad_hex
from bots.planning.cuts import Sentence
from bots.planning.grammar.spacing import spaced
from bots.planning.quotes import TOKEN, clean, take_quotes
from bots.planning.sizes import check_size, take_size
from bots.planning.styles import STYLES, take_style
from generator.request import MAX_IMAGES, SEED_LIMIT, OutputFormat
from generator.scene import TRANSPARENT, Background, Notice
from moderation.types import Locale

_NUMBERS: Final = {
    "zero": 0, "a": 1, "one": 1, "two": 2, "a couple of": 2, "three": 3, "a few": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "fifty": 50,
    "a hundred": 100, "one hundred": 100, "hundred": 100, "a thousand": 1000,
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열두": 12,
    "스무": 20, "백": 100,
}  # fmt: skip
_ENGLISH_NUMBERS = "|".join(
    sorted((word for word in _NUMBERS if word.isascii() and word != "a"), key=len, reverse=True)
)
_KOREAN_NUMBERS = "|".join(sorted((word for word in _NUMBERS if not word.isascii()), key=len, reverse=True))
_KINDS = r"variations?|variants?|versions?|images?|pictures?|options|drafts|takes|alternatives|illustrations|drawings|renderings"
_PARTICLE = (
    r"(?:씩|만|을|를|의|으로|로)?(?![가-힣])(?:\s?(?:만들어|그려|뽑아|보여)\s?(?:줘요|줘|주세요)(?=\s*(?:$|[.!,])))?"
)
_COUNT: Final = re.compile(
    rf"(?:\b(?:give\sme|make|draw|create|generate|show\sme|i\swant|i\sneed|in)\s)?(?<![\w.#:-])(?P<english>-?\d{{1,12}}|{_ENGLISH_NUMBERS})\s"
    rf"(?:(?:different|distinct|separate|alternative|new|more)\s)?(?P<kind>{_KINDS})\b(?:\sof\b(?:\s(?:it|this|that)\b)?)?"
    rf"|(?<![\w가-힣.#:-])(?P<korean>\d{{1,12}}|{_KOREAN_NUMBERS})\s?(?:장|개\s?(?:버전|시안|이미지)|가지\s?(?:버전|시안|이미지|변형)?|버전|종류의\s?(?:이미지|버전))"
    rf"{_PARTICLE}"
    rf"|(?:이미지|그림|시안|버전|변형|사진)(?:을|를)?\s?(?P<after>\d{{1,12}}|{_KOREAN_NUMBERS})\s?(?:개|장|가지)만?{_PARTICLE}",
    re.IGNORECASE,
)
_OWNED: Final = re.compile(
    r"(?:\b(?:the|these|those|both|my|our|your|all)|카드|종이|티켓|지폐|신문|엽서|편지|사진|표|version)\s?$",
    re.IGNORECASE,
)
_SEED: Final = re.compile(
    r"(?:(?:\b(?:with|using|use|and)\s)?(?:\bthe\s)?\b(?:random\s)?seed(?:\s?(?:number|value))?\s?(?:of|is|to|:|=|#)?\s?"
    r"|시드\s?(?:값|번호)?(?:는|은|를|을|이|가)?\s?[:=]?\s?)(?P<seed>-?\d{1,40})(?!\d)(?:번|으로|로)?(?![가-힣])",
    re.IGNORECASE,
)
_FORMATS: Final[dict[str, OutputFormat]] = {"png": "png", "webp": "webp", "jpg": "jpeg", "jpeg": "jpeg"}
_AS_FORMAT = r"(?:\b(?:save|export|output|deliver|give\sme)\s(?:it\s)?)?(?:\b(?:as|in|to)\s)?(?:\ban?\s)?"
_FILE = r"(?:[\s-](?:format|file|image)s?\b|\s?(?:파일|포맷|형식|이미지))?(?:으로|로)?(?![가-힣])"
_FORMAT: Final = re.compile(rf"{_AS_FORMAT}\.?\b(?P<format>png|webp|jpe?g)(?![0-9A-Za-z]){_FILE}", re.IGNORECASE)
_NO_FORMAT: Final = re.compile(
    rf"(?:\b(?:as|in)\s(?:an?\s)?\.?(?P<format>gif|svg|pdf|bmp|tiff?|avif|heic|psd|mp4)(?![0-9A-Za-z]){_FILE}"
    r"|\b(?P<file>gif|svg|pdf|bmp|tiff?|avif|heic|psd|mp4)(?:[\s-](?:format|file)\b|\s?(?:파일|포맷|형식)?(?:으로|로)(?![가-힣])))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """The options of a sentence and the sentence without them.

    Attributes:
        rest: The sentence with its options cut out and each quote replaced by ``⟦0⟧``, ``⟦1⟧``, ….
        texts: The quoted texts, by the number of their token.
        width: Pixels, None if no size was said. Same for ``height``.
        size_said: Whether a size was asked for, in words or in options.
        style: ``flat``, ``outline``, ``sticker``, ``poster`` or None.
        count: 1 to 10 images, None if not said.
        invalid: Why the request is impossible; then nothing may be drawn.
        unmet: What was asked for and this engine has not.
    """

    rest: str
    texts: tuple[str, ...] = ()
    width: int | None = None
    height: int | None = None
    size_said: bool = False
    background: Background | None = None
    style: str | None = None
    count: int | None = None
    seed: int | None = None
    output_format: OutputFormat | None = None
    invalid: Notice | None = None
    unmet: tuple[Notice, ...] = ()


def extract(text: str, locale: Locale, given: Options) -> Extracted:
    """Read the options of ``text``; ``given`` (flags, form fields) wins over the words and is checked alike.

    English and Korean are both understood in either locale.

    Args:
        text: One turn, any text.
        locale: The language of the conversation; only orders what is tried, never what is understood.
        given: Options from outside the text.
    """
    del locale  # both languages are read: people mix them
    quoted, texts = take_quotes(clean(text))
    sentence = Sentence(spaced(quoted))
    background, invalid = take_background(sentence)
    size, bad_size = take_size(sentence)
    count, bad_count = _take_count(sentence)
    seed, bad_seed = _take_seed(sentence)
    output_format, bad_format = _take_format(sentence)
    style, bad_styles = take_style(sentence)
    read = Extracted(
        rest="",
        texts=texts,
        width=size.width if size else None,
        height=size.height if size else None,
        size_said=size is not None,
        background=background,
        style=style,
        count=count,
        seed=seed,
        output_format=output_format,
        invalid=invalid or _bad_color(sentence) or bad_size or bad_count or bad_seed,
        unmet=(*bad_format, *bad_styles),
    )
    return _checked(_overridden(replace(read, rest=sentence.rest()), given))


def own_words(text: str, *, keep_background: bool = False) -> str:
    """A turn's words as a model that reads takes them: without size, count, seed, format and a color of the background.

    All of these are said to it otherwise; styles, quotes and everything else stay as they were written.

    Args:
        text: One turn, any text.
        keep_background: Leave in what the background is to be: it is the very change that is asked for.
    """
    quoted, texts = take_quotes(clean(text))
    sentence = Sentence(quoted)
    if not keep_background:
        take_background(sentence)
    take_size(sentence)
    _take_count(sentence)
    _take_seed(sentence)
    _take_format(sentence)
    tidied = re.sub(r"⟦(\d+)⟧\s(?=[,.;:!?])", r"⟦\1⟧", sentence.rest())
    return TOKEN.sub(lambda match: f'"{texts[int(match[1])]}"' if int(match[1]) < len(texts) else "", tidied)


def _overridden(read: Extracted, given: Options) -> Extracted:
    """What was given outside the text put over what was read in it."""
    style, unmet = read.style, read.unmet
    if given.style is not None:
        known = given.style.strip().lower()
        style = known if known in STYLES else None
        unmet = unmet if style else (*unmet, Notice(key="style-unavailable", args={"style": given.style[:40]}))
    return replace(
        read,
        width=_first(given.width, read.width, given.height),
        height=_first(given.height, read.height, given.width),
        size_said=read.size_said or given.width is not None or given.height is not None,
        background=read.background if given.background is None else given.background,
        style=style,
        count=read.count if given.count is None else given.count,
        seed=read.seed if given.seed is None else given.seed,
        output_format=given.output_format or read.output_format,
        unmet=unmet,
    )


def _first(*sides: int | None) -> int | None:
    return next((side for side in sides if side is not None), None)


def _checked(read: Extracted) -> Extracted:
    """With the first reason why these options are impossible, if there is one."""
    invalid = read.invalid
    if invalid is None and read.width is not None and read.height is not None:
        invalid = check_size(read.width, read.height)
    if invalid is None and read.count is not None:
        invalid = _check_count(read.count)
    if invalid is None and read.seed is not None:
        invalid = _check_seed(read.seed)
    if invalid is None and read.output_format == "jpeg" and read.background == TRANSPARENT:
        invalid = Notice(key="jpeg-transparent")
    return replace(read, invalid=invalid)


def _bad_color(sentence: Sentence) -> Notice | None:
    for match in sentence.find(HEX_LIKE):
        if bad_hex(match[1]):
            return Notice(key="color-invalid", args={"color": match[0][:12]})
    return None


def _take_count(sentence: Sentence) -> tuple[int | None, Notice | None]:
    counts = [
        match
        for match in sentence.find(_COUNT)
        if not _OWNED.search(sentence.text[max(0, match.start() - 12) : match.start()])
    ]
    sentence.cut_spans([match.span() for match in counts])
    if not counts:
        return None, None
    last = counts[-1]
    said = (last["english"] or last["korean"] or last["after"]).lower()
    number = _NUMBERS[said] if said in _NUMBERS else int(said)
    return number, _check_count(number)


def _check_count(count: int) -> Notice | None:
    if 1 <= count <= MAX_IMAGES:
        return None
    return Notice(key="count-impossible", args={"count": str(count), "most": str(MAX_IMAGES)})


def _take_seed(sentence: Sentence) -> tuple[int | None, Notice | None]:
    seeds = sentence.cut(_SEED)
    if not seeds:
        return None, None
    seed = int(seeds[-1]["seed"])
    return seed, _check_seed(seed)


def _check_seed(seed: int) -> Notice | None:
    return None if 0 <= seed < SEED_LIMIT else Notice(key="seed-impossible", args={"most": str(SEED_LIMIT - 1)})


def _take_format(sentence: Sentence) -> tuple[OutputFormat | None, tuple[Notice, ...]]:
    unknown = sentence.cut(_NO_FORMAT)
    known = sentence.cut(_FORMAT)
    unmet = tuple(
        Notice(key="format-unavailable", args={"format": (match["format"] or match["file"]).upper()})
        for match in unknown
    )
    return (_FORMATS[known[-1]["format"].lower()] if known else None), unmet
