"""Reading a message out of a request: its files, flags and components."""

import copy
from collections.abc import Mapping
from typing import Any

from tests.fakes.discord.components import media
from tests.fakes.discord.errors import ApiError, invalid_form
from tests.fakes.discord.model import Attachment, Channel, Message
from tests.fakes.discord.rest.call import Call
from tests.fakes.discord.state import number
from tests.fakes.discord.validation import EPHEMERAL, LOADING, REQUEST_LIMIT, V2, check_message

SETTABLE = EPHEMERAL | V2 | (1 << 2) | (1 << 12)
FIRST_SNOWFLAKE = 1 << 22


def new_fields(
    call: Call, channel: Channel, body: Mapping[str, Any], *, limit: int, ephemeral: bool = False
) -> dict[str, Any]:
    """The fields of a message that is posted.

    Raises:
        ApiError: 400 or 413: Discord would not take it.
    """
    flags = int(body.get("flags") or 0) & SETTABLE
    attachments = _uploaded(call, channel, body.get("attachments"), limit, ephemeral=ephemeral)
    check_message(body, flags=flags, names=[each.filename for each in attachments], has_files=bool(attachments))
    return {
        "content": (body.get("content") or "").strip(),
        "embeds": copy.deepcopy(body.get("embeds") or []),
        "components": copy.deepcopy(body.get("components") or []),
        "flags": flags,
        "attachments": attachments,
    }


def changed_fields(call: Call, message: Message, body: Mapping[str, Any], *, limit: int) -> dict[str, Any]:
    """The fields that an edit changes. Attachments that are not named any more are removed, if any are named.

    Raises:
        ApiError: 400 or 413.
    """
    flags = _edited_flags(message, body)
    ephemeral = message.only_for is not None
    kept = message.attachments
    if body.get("attachments") is not None:
        wanted = {number(each.get("id")): each for each in body["attachments"]}
        kept = [each for each in message.attachments if each.id in wanted]
        for each in kept:
            each.description = wanted[each.id].get("description", each.description)
    attachments = [*kept, *_uploaded(call, message.channel, body.get("attachments"), limit, ephemeral=ephemeral)]
    merged = {
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
        **{name: body[name] for name in ("content", "embeds", "components") if name in body},
    }
    check_message(
        {**merged, "attachments": body.get("attachments")},
        flags=flags,
        names=[each.filename for each in attachments],
        has_files=bool(attachments),
    )
    return {
        "content": (merged["content"] or "").strip(),
        "embeds": copy.deepcopy(merged["embeds"] or []),
        "components": _by_name(copy.deepcopy(merged["components"] or []), attachments),
        "flags": flags & ~LOADING,
        "attachments": attachments,
    }


def _edited_flags(message: Message, body: Mapping[str, Any]) -> int:
    """The flag of layouts may be added, and never taken away (D22)."""
    asked = body.get("flags")
    if asked is not None and message.flags & V2 and not int(asked) & V2:
        raise invalid_form(
            "flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The IS_COMPONENTS_V2 flag cannot be removed."
        )
    return message.flags | (int(asked or 0) & (V2 | (1 << 2)))


def _by_name(components: list[Any], attachments: list[Attachment]) -> list[Any]:
    """Links to files of the message itself become names again, so that they are signed anew each time."""
    for item in media(components):
        path = str(item.get("url", "")).partition("?")[0]
        for each in attachments:
            if path.endswith(f"/{each.id}/{each.filename}"):
                item["url"] = f"attachment://{each.filename}"
    return components


def _uploaded(call: Call, channel: Channel, described: Any, limit: int, *, ephemeral: bool) -> list[Attachment]:
    total = sum(len(data) for data in call.files.values())
    if total > REQUEST_LIMIT or any(len(data) > limit for data in call.files.values()):
        raise ApiError(413, 40005, "Request entity too large")
    by_index = {number(each.get("id")): each for each in described or () if number(each.get("id")) < FIRST_SNOWFLAKE}
    indices = {number(name.removeprefix("files[").removesuffix("]")): name for name in call.files}
    if set(by_index) - set(indices):
        raise invalid_form("attachments", "ATTACHMENT_NOT_FOUND", "An attachment names a file that was not sent")
    posting = call.world.posting
    stored = []
    for index, name in sorted(indices.items()):
        entry = by_index.get(index, {})
        stored.append(
            posting.attach(
                channel,
                entry.get("filename") or call.filenames[name],
                call.files[name],
                description=entry.get("description"),
                spoiler=bool(entry.get("is_spoiler")),
                ephemeral=ephemeral,
            )
        )
    return stored
