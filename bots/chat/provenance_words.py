"""Where an image comes from, in words: for a stranger the least, for those who may see it its story.

Knows no platform: how a requester is named, and who can read which channel, comes from outside.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from generator.scene import Notice
from storage.generations import Tombstone
from storage.provenance import Provenance
from storage.records import GenerationRecord
from storage.store import Records

MAX_STEPS: Final = 8
"""Versions of an image that are told."""

MAX_PROMPT: Final = 160
"""Characters of each prompt."""

Sees = Callable[[GenerationRecord], Awaitable[bool]]
"""Whether the viewer may see everything about an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How a platform writes what is not our words.

    Attributes:
        requester: A requester id, ``discord:1``, as a mention.
        words: Somebody's words, without the effect that their characters would have.
    """

    requester: Callable[[str], str]
    words: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said about a file.

    Attributes:
        lines: In order, one sentence each.
        image: The image of ours that it is, if the viewer may see it.
    """

    lines: tuple[Notice, ...]
    image: GenerationRecord | None = None


async def tell(provenance: Provenance, records: Records, *, sees: Sees, spelling: Spelling) -> Told:
    """What the viewer may know about the file that was looked at."""
    verdict = Notice(key=f"provenance-{provenance.verdict.replace('_', '-')}")
    if provenance.generation is None:
        return Told(lines=(verdict,))
    record = await records.generation(provenance.generation)
    if record is None:
        gone = await records.tombstone(provenance.generation)
        return Told(lines=(verdict, *(() if gone is None else _removed(gone))))
    lines = (verdict, made(record))
    if not await sees(record):
        return Told(lines=(*lines, Notice(key="provenance-stranger")))
    story = await _story(provenance.history, records, sees, spelling)
    return Told(lines=(*lines, *private_lines(record, spelling), *story), image=record)


def made(record: GenerationRecord) -> Notice:
    """Date, engine, and whether it was made from an earlier image: what everybody may know."""
    args: dict[str, str | int | float] = {
        "date": f"{record.created_at:%Y-%m-%d}",
        "engine": record.engine,
        "edited": "yes" if record.parents else "no",
    }
    return Notice(key="provenance-made", args=args)


def private_lines(record: GenerationRecord, spelling: Spelling) -> tuple[Notice, ...]:
    """Who asked, for what, and with which seed."""
    return (
        Notice(key="provenance-requester", args={"name": spelling.requester(record.requester)}),
        Notice(key="provenance-prompt", args={"prompt": spelling.words(shortened(record.request.prompt))}),
        Notice(
            key="provenance-size",
            args={"width": str(record.width), "height": str(record.height), "seed": str(record.seed)},
        ),
    )


def shortened(prompt: str) -> str:
    """A prompt on one line, cut where it is long."""
    line = " ".join(prompt.split())
    return line if len(line) <= MAX_PROMPT else f"{line[: MAX_PROMPT - 1]}…"


def _removed(gone: Tombstone) -> tuple[Notice, ...]:
    args: dict[str, str | int | float] = {"date": f"{gone.created_at:%Y-%m-%d}", "engine": gone.engine}
    return (Notice(key="provenance-removed", args=args),)


async def _story(history: tuple[str, ...], records: Records, sees: Sees, spelling: Spelling) -> tuple[Notice, ...]:
    """The versions before it, newest first; those that the viewer may not see are only counted."""
    lines = []
    for identity in history[1 : MAX_STEPS + 1]:
        record = await records.generation(identity)
        if record is None:
            lines.append(Notice(key="provenance-step-removed"))
        elif await sees(record):
            args: dict[str, str | int | float] = {
                "date": f"{record.created_at:%Y-%m-%d %H:%M}",
                "prompt": spelling.words(shortened(record.request.prompt)),
            }
            lines.append(Notice(key="provenance-step", args=args))
        else:
            lines.append(Notice(key="provenance-step-hidden"))
    left = len(history) - 1 - MAX_STEPS
    if left > 0:
        lines.append(Notice(key="provenance-more", args={"count": left}))
    return (Notice(key="provenance-history"), *lines) if lines else ()
