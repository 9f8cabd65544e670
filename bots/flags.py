"""The options of ``draw`` as typed, read by the same rules as options in a sentence."""

from dataclasses import dataclass

from bots.conversation import Options
from bots.planning.options import Extracted, extract
from generator.request import OutputFormat
from generator.scene import Notice
from moderation.types import Locale

_FORMATS: dict[str, OutputFormat] = {"png": "png", "webp": "webp", "jpeg": "jpeg", "jpg": "jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """None where not given."""

    size: str | None = None
    background: str | None = None
    count: int | None = None
    seed: int | None = None
    style: str | None = None
    output_format: str | None = None


def options_from(flags: Flags, locale: Locale) -> Options | Notice:
    """The options, or why one of them is impossible."""
    size = _read("size", flags.size, locale)
    background = _read("background", flags.background, locale)
    if flags.size is not None and not (size.size_said or size.invalid):
        return Notice(key="flag-unreadable", args={"flag": "--size", "value": flags.size[:40]})
    if flags.background is not None and background.background is None and background.invalid is None:
        return Notice(key="flag-unreadable", args={"flag": "--background", "value": flags.background[:40]})
    if flags.output_format is not None and flags.output_format.lower() not in _FORMATS:
        return Notice(key="flag-unreadable", args={"flag": "--format", "value": flags.output_format[:40]})
    options = Options(
        width=size.width,
        height=size.height,
        background=background.background,
        style=flags.style,
        count=flags.count,
        seed=flags.seed,
        output_format=_FORMATS[flags.output_format.lower()] if flags.output_format else None,
    )
    return size.invalid or background.invalid or extract("", locale, options).invalid or options


def _read(name: str, value: str | None, locale: Locale) -> Extracted:
    return extract(f"{name} {value}" if value is not None else "", locale, Options())
