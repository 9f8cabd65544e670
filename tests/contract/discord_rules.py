"""What Discord's reference demands of a message and no schema can say: sums, names that must agree, flags.

Owns: the rules about a whole message body. Not known here: the schemas, and in which request the body travels.
Source: discord-api-docs, components/reference.mdx and resources/message.mdx; rules D7, D16 and D22.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

COMPONENTS_V2 = 1 << 15
MOST_COMPONENTS = 40
MOST_TEXT = 4000  # characters in all text displays of a message

_TEXT = 10
_LAYOUT = frozenset({9, _TEXT, 11, 12, 13, 14, 17})  # component types that need the flag
_NUMBER = re.compile("[0-9]{1,20}")
_FIRST_SNOWFLAKE = 1 << 22  # below it an attachment's id counts the request's own files
_SCHEME = "attachment://"
_NESTED = ("components", "accessory", "component")


def message_complaints(message: Any, sent: Collection[int], *, new: bool) -> Iterator[str]:
    """What is wrong with a message as a whole; the schemas speak of its fields.

    Args:
        message: A message's body, or anything: what is no object is the schemas' business.
        sent: The numbers of the files that come with it.
        new: It makes a message, so nothing can be left over from an earlier one.
    """
    if not isinstance(message, Mapping):
        return
    components = list(_walk(message.get("components")))
    yield from _counted(components)
    yield from _flagged(message, components, new=new)
    attachments = _mappings(message.get("attachments"))
    yield from _sent(attachments, sent)
    if attachments or (new and not sent):  # else what was attached before stays, or files come without their names
        yield from _shown(message, attachments, components)


def _walk(holder: Any) -> Iterator[Mapping[str, Any]]:
    """Every component, however deep."""
    for each in holder if isinstance(holder, list) else [holder]:
        if isinstance(each, Mapping):
            yield each
            for name in _NESTED:
                yield from _walk(each.get(name))


def _counted(components: list[Mapping[str, Any]]) -> Iterator[str]:
    if len(components) > MOST_COMPONENTS:
        yield f"{len(components)} components, at most {MOST_COMPONENTS}"
    text = sum(len(str(each.get("content", ""))) for each in components if each.get("type") == _TEXT)
    if text > MOST_TEXT:
        yield f"{text} characters of text displays, at most {MOST_TEXT}"
    custom = Counter(str(each["custom_id"]) for each in components if each.get("custom_id") is not None)
    yield from (f"custom_id {name!r} is there {count} times" for name, count in custom.items() if count > 1)


def _flagged(message: Mapping[str, Any], components: list[Mapping[str, Any]], *, new: bool) -> Iterator[str]:
    flags = message.get("flags")
    flagged = isinstance(flags, int) and bool(flags & COMPONENTS_V2)
    if new and not flagged and any(each.get("type") in _LAYOUT for each in components):
        yield "layout components without the flag IS_COMPONENTS_V2"
    if flagged:
        yield from (f"{name} beside layout components" for name in ("content", "embeds", "poll") if message.get(name))


def _sent(attachments: list[Mapping[str, Any]], sent: Collection[int]) -> Iterator[str]:
    """Attachments are files of the request, by their number, or kept ones, by their snowflake."""
    for attachment in attachments:
        identifier = str(attachment.get("id"))
        if _NUMBER.fullmatch(identifier) and int(identifier) < _FIRST_SNOWFLAKE and int(identifier) not in sent:
            yield f"attachments: {identifier} names no file of this request"


def _shown(
    message: Mapping[str, Any], attachments: list[Mapping[str, Any]], components: list[Mapping[str, Any]]
) -> Iterator[str]:
    """Files that are shown must be sent, and in a layout files that are sent must be shown."""
    names = {each.get("filename") for each in attachments}
    if None in names:
        return  # kept by its id alone: its name is not in this request
    used = set(_references([*components, *_mappings(message.get("embeds"))]))
    yield from (f"{name!r} is shown but not attached" for name in sorted(used - names))
    if any(each.get("type") in _LAYOUT for each in components):
        yield from (f"{name!r} is attached but not shown" for name in sorted(map(str, names - used)))


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _references(value: Any) -> Iterator[str]:
    """The names of attached files that are spoken of anywhere in a value."""
    if isinstance(value, str):
        if value.startswith(_SCHEME):
            yield value.removeprefix(_SCHEME)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
