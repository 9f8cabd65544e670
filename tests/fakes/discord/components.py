"""Walking through a message's or modal's components."""

from collections.abc import Iterator
from typing import Any

BUTTON, TEXT_INPUT, TEXT_DISPLAY, GALLERY, FILE, LABEL, UPLOAD = 2, 4, 10, 12, 13, 18, 19
V2_ONLY = frozenset({9, 10, 11, 12, 13, 14, 17})


def walk(components: Any) -> Iterator[dict[str, Any]]:
    """Every component, however deep, in order of reading."""
    for each in components or ():
        if not isinstance(each, dict):
            continue
        yield each
        yield from walk(each.get("components"))
        for name in ("accessory", "component"):
            if isinstance(each.get(name), dict):
                yield from walk([each[name]])


def texts(components: Any) -> list[str]:
    """The words that are visible in components."""
    found = []
    for each in walk(components):
        if each.get("type") == TEXT_DISPLAY:
            found.append(str(each.get("content", "")))
        elif each.get("label"):
            found.append(str(each["label"]))
    return found


def media(components: Any) -> Iterator[dict[str, Any]]:
    """The places where components show a file: objects with a ``url``."""
    for each in walk(components):
        for item in each.get("items") or ():
            yield item["media"]
        for name in ("media", "file"):
            if isinstance(each.get(name), dict):
                yield each[name]
