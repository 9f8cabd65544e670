"""Answers about an image, from its record alone: seed, size, colours, what changed, and so on. Nothing is drawn."""

import re
from collections.abc import Callable
from typing import Final

from bots.conversation import Conversation
from bots.planning.naming import called, color_words, one
from bots.planning.quotes import clean
from bots.planning.targets import drawn_in
from bots.replies import say_all
from generator.request import Intent
from generator.scene import TRANSPARENT, Background, Kind, Notice, SceneObject
from moderation.types import Locale
from storage.records import GenerationRecord

_MAX_PROMPT: Final = 300  # characters
_MAX_LISTED: Final = 12  # objects that are named in one answer


def answer_question(conversation: Conversation, source: GenerationRecord) -> Notice:
    """The answer to the newest turn's question about ``source``; a summary when it is about nothing that is known."""
    question = clean(conversation.newest.text)[:500]
    for pattern, answer in _ANSWERS:
        if pattern.search(question):
            found = answer(question, source, conversation.locale)
            if found is not None:
                return found
    return _summary(question, source, conversation.locale)


def _seed(_: str, source: GenerationRecord, __: Locale) -> Notice:
    return Notice(key="answer-seed", args={"seed": str(source.seed)})


def _size(question: str, source: GenerationRecord, locale: Locale) -> Notice:
    thing = _asked_object(question, source, locale)
    if thing is not None and thing.boxes:
        left, top, right, bottom = thing.boxes[0]
        return Notice(
            key="answer-object-size",
            args={
                "name": called(thing, locale),
                "width": str(round(right - left)),
                "height": str(round(bottom - top)),
            },
        )
    return Notice(key="answer-size", args={"width": str(source.width), "height": str(source.height)})


def _background(_: str, source: GenerationRecord, locale: Locale) -> Notice:
    background: Background | None = source.scene.background if source.scene else source.request.background
    if source.has_alpha and background in {None, TRANSPARENT}:
        return Notice(key="answer-background-transparent")
    if background is None:
        return Notice(key="answer-background-open")
    if isinstance(background, tuple):
        return Notice(
            key="answer-background-gradient",
            args={"top": _color(background[0], locale), "bottom": _color(background[1], locale)},
        )
    if background == TRANSPARENT:
        return Notice(key="answer-background-transparent")
    return Notice(key="answer-background", args={"color": _color(background, locale)})


def _colors(question: str, source: GenerationRecord, locale: Locale) -> Notice | None:
    thing = _asked_object(question, source, locale)
    if thing is not None:
        if thing.color is None:
            return Notice(key="answer-color-own", args={"name": called(thing, locale)})
        return Notice(key="answer-color", args={"name": called(thing, locale), "color": _color(thing.color, locale)})
    colored = [f"{called(item, locale)}: {_color(item.color, locale)}" for item in _objects(source) if item.color]
    return Notice(key="answer-colors", args={"list": ", ".join(colored[:_MAX_LISTED])}) if colored else None


def _changes(_: str, source: GenerationRecord, locale: Locale) -> Notice:
    request = source.request
    if request.changes:
        return Notice(key="answer-changes", args={"list": "; ".join(say_all(request.changes, locale))})
    if request.intent is Intent.UNDO:
        return Notice(key="answer-changes-undo")
    if request.intent is Intent.VARY:
        return Notice(key="answer-changes-vary", args={"seed": str(source.seed)})
    if request.intent is Intent.REVISE:
        return Notice(key="answer-changes-none")
    return Notice(key="answer-changes-new")


def _count(question: str, source: GenerationRecord, locale: Locale) -> Notice | None:
    thing = _asked_object(question, source, locale)
    if thing is not None:
        same = sum(item.count for item in _objects(source) if item.art == thing.art and item.kind is thing.kind)
        return Notice(key="answer-count", args={"name": called(thing, locale), "count": str(same)})
    return (
        None
        if source.scene is None
        else Notice(key="answer-count-all", args={"count": sum(item.count for item in _objects(source))})
    )


def _engine(_: str, source: GenerationRecord, __: Locale) -> Notice:
    return Notice(
        key="answer-engine", args={"engine": source.engine, "model": source.model, "version": source.engine_version}
    )


def _style(_: str, source: GenerationRecord, __: Locale) -> Notice:
    return Notice(key="answer-style", args={"style": source.scene.style if source.scene else source.request.style})


def _prompt(_: str, source: GenerationRecord, __: Locale) -> Notice:
    return Notice(key="answer-prompt", args={"prompt": source.request.prompt})


def _format(_: str, source: GenerationRecord, __: Locale) -> Notice:
    kind = source.media_type.partition("/")[2].upper()
    return Notice(key="answer-format", args={"format": kind, "kilobytes": str(max(1, round(source.size_bytes / 1024)))})


def _words(_: str, source: GenerationRecord, __: Locale) -> Notice | None:
    texts = [item.text for item in _objects(source) if item.kind is Kind.TEXT and item.text]
    return Notice(key="answer-text", args={"text": " / ".join(texts[:_MAX_LISTED])}) if texts else None


def _missed(_: str, source: GenerationRecord, __: Locale) -> Notice:
    failed = [
        f"{line.check} {line.target}".strip() + f": {line.asked} → {line.measured}"
        for line in source.receipt
        if line.passed is False
    ]
    missing = [*source.unmet, *failed]
    return (
        Notice(key="answer-missed", args={"list": " ".join(missing[:_MAX_LISTED])})
        if missing
        else Notice(key="answer-missed-nothing")
    )


def _why(question: str, source: GenerationRecord, _: Locale) -> Notice:
    """There are no reasons but the request; where something was missed, that is what was asked about."""
    if source.unmet and re.search(
        r"\b(?:no|not|isn't|isnt|didn't|didnt|don't|missing|without|can't|cant)\b|안|없|못|빠", question
    ):
        return Notice(key="answer-why-missed", args={"list": " ".join(source.unmet[:_MAX_LISTED])})
    return Notice(key="answer-why", args={"prompt": source.request.prompt[:_MAX_PROMPT]})


def _summary(_: str, source: GenerationRecord, locale: Locale) -> Notice:
    things = [_counted(item, locale) for item in _objects(source)]
    if not things:
        return Notice(
            key="answer-summary-plain",
            args={
                "width": str(source.width),
                "height": str(source.height),
                "engine": source.engine,
                "seed": str(source.seed),
            },
        )
    return Notice(
        key="answer-summary",
        args={
            "things": ", ".join(things[:_MAX_LISTED]),
            "width": str(source.width),
            "height": str(source.height),
            "engine": source.engine,
            "seed": str(source.seed),
        },
    )


def _counted(item: SceneObject, locale: Locale) -> str:
    return f"{item.count} × {one(item, locale)}" if item.count > 1 else called(item, locale)


def _color(value: str, locale: Locale) -> str:
    name = color_words(value, locale)
    return value if name == value else f"{name} ({value})"


def _objects(source: GenerationRecord) -> tuple[SceneObject, ...]:
    return source.scene.objects if source.scene else ()


def _asked_object(question: str, source: GenerationRecord, locale: Locale) -> SceneObject | None:
    """The object that the question names, by its drawing or by its label."""
    arts = drawn_in(question, locale)
    by_art = next((item for item in _objects(source) if item.art and item.art in arts), None)
    lower = question.lower()
    labelled = (item for item in _objects(source) if len(item.label) > 1 and item.label.lower() in lower)
    return by_art or next(labelled, None)


_Answer = Callable[[str, GenerationRecord, Locale], Notice | None]
_TABLE: Final[tuple[tuple[str, _Answer], ...]] = (
    (r"^\W*(?:but\s|and\s|so\s)?(?:why|how\scome)\b|왜(?![가-힣]{2})", _why),
    (r"\bseed\b|시드", _seed),
    (
        r"\bchang(?:e|ed|es)\b|\bdifferen(?:t|ce)\b|\b(?:did|have)\syou\s(?:do|done|edit)|바꿨|바뀌|바뀐|변경|달라|수정|뭐\s?했|뭘\s?했",
        _changes,
    ),
    (
        r"\b(?:miss(?:ed|ing)?|fail(?:ed)?|wrong|unmet|not\sdone|receipt|couldn't|could\snot)\b|빠졌|빠진|못\s?한|안\s?된|실패",
        _missed,
    ),
    (r"\bbackground|\bbackdrop|\btransparent|배경|투명", _background),
    (r"\bcolou?rs?\b|\bhex\b|무슨\s?색|어떤\s?색|색(?:깔|상|이|은)?", _colors),
    (r"\bhow\smany\b|\bnumber\sof\b|몇\s?(?:개|마리|명|대|장|송이|그루)|개수", _count),
    (r"\bformat\b|\bfile\b|\bpng\b|\bjpe?g\b|\bwebp\b|파일|포맷|형식|용량", _format),
    (
        r"\bsize\b|\bresolution\b|\bdimensions?\b|\bhow\s(?:big|large|wide|tall)\b|\bpixels?\b|\bratio\b|크기|사이즈|해상도|비율|픽셀",
        _size,
    ),
    (r"\bstyle\b|스타일|화풍", _style),
    (r"\bprompt\b|\bdid\si\s(?:ask|say|write)|프롬프트|뭐라고\s?(?:했|요청)", _prompt),
    (
        r"\b(?:engine|model|made\swith|drawn\swith|draw\sthis|made\sthis|ai)\b|엔진|모델|뭘로|뭐로|무엇으로|누가",
        _engine,
    ),
    (r"\b(?:text|title|words?|say|says|written|read)\b|글자|제목|문구|뭐라고", _words),
)
_ANSWERS: Final = tuple((re.compile(pattern, re.IGNORECASE), answer) for pattern, answer in _TABLE)
