"""What Discord refuses in a message: lengths, counts, flags, names of files (D7, D16, D18, D22, D24)."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.fakes.discord.components import BUTTON, TEXT_DISPLAY, V2_ONLY, media, walk
from tests.fakes.discord.errors import ApiError, invalid_form

V2 = 1 << 15
EPHEMERAL, LOADING = 1 << 6, 1 << 7
REQUEST_LIMIT = 25 << 20
_LENGTH, _UNIQUE, _MAX = "BASE_TYPE_BAD_LENGTH", "COMPONENT_CUSTOM_ID_DUPLICATED", "BASE_TYPE_MAX_LENGTH"


def check_message(body: Mapping[str, Any], *, flags: int, names: list[str], has_files: bool) -> None:
    """Refuse a message that Discord would refuse.

    Args:
        body: As it was sent.
        flags: Those the message has or will have.
        names: The names of all files it will have.
        has_files: Whether files are among what it has, for the rule that a message is not empty.

    Raises:
        ApiError: 400.
    """
    content = body.get("content") or ""
    if len(content) > 2000:
        raise invalid_form("content", _MAX, "Must be 2000 or fewer in length.")
    if len(body.get("embeds") or ()) > 10:
        raise invalid_form("embeds", _LENGTH, "Must be between 0 and 10 in length.")
    if len(names) > 10:
        raise invalid_form("attachments", _LENGTH, "Must be between 0 and 10 in length.")
    for index, attachment in enumerate(body.get("attachments") or ()):
        if len(attachment.get("description") or "") > 1024:
            raise invalid_form(f"attachments.{index}.description", _MAX, "Must be 1024 or fewer in length.")
    if len(str(body.get("nonce") or "")) > 25:
        raise invalid_form("nonce", _MAX, "Must be 25 or fewer in length.")
    components = body.get("components") or []
    check_components(components, v2=bool(flags & V2))
    if flags & V2:
        _check_v2(body, components, names)
    elif not (content or components or body.get("embeds") or has_files):
        raise ApiError(400, 50006, "Cannot send an empty message")


def check_components(components: list[Any], *, v2: bool) -> None:
    """The rules about components alone."""
    every = list(walk(components))
    if not v2:
        if any(each.get("type") in V2_ONLY for each in every):
            raise invalid_form("components.0", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
        if len(components) > 5:
            raise invalid_form("components", _LENGTH, "Must be between 1 and 5 in length.")
    if len(every) > 40:
        raise invalid_form("components", _LENGTH, "Must be 40 or fewer in length.")
    identifiers = [str(each["custom_id"]) for each in every if "custom_id" in each]
    if any(not 1 <= len(each) <= 100 for each in identifiers):
        raise invalid_form("components.custom_id", _LENGTH, "Must be between 1 and 100 in length.")
    if any(count > 1 for count in Counter(identifiers).values()):
        raise invalid_form("components.custom_id", _UNIQUE, "Component custom id cannot be duplicated")
    for each in every:
        _check_one(each)


def _check_one(component: Mapping[str, Any]) -> None:
    kind = component.get("type")
    if kind == BUTTON and len(component.get("label") or "") > 80:
        raise invalid_form("components.label", _MAX, "Must be 80 or fewer in length.")
    if kind == 1 and not 1 <= len(component.get("components") or ()) <= 5:
        raise invalid_form("components.components", _LENGTH, "Must be between 1 and 5 in length.")
    if kind == 3 and not 1 <= len(component.get("options") or ()) <= 25:
        raise invalid_form("components.options", _LENGTH, "Must be between 1 and 25 in length.")
    if kind == 12 and not 1 <= len(component.get("items") or ()) <= 10:
        raise invalid_form("components.items", _LENGTH, "Must be between 1 and 10 in length.")
    for item in component.get("items") or ():
        if len(item.get("description") or "") > 1024:
            raise invalid_form("components.items.description", _MAX, "Must be 1024 or fewer in length.")


def _check_v2(body: Mapping[str, Any], components: list[Any], names: list[str]) -> None:
    for name in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(name):
            raise invalid_form(
                name,
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
    if sum(len(str(each.get("content", ""))) for each in walk(components) if each.get("type") == TEXT_DISPLAY) > 4000:
        raise invalid_form(
            "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The total text must be 4000 or fewer in length."
        )
    if not components:
        raise ApiError(400, 50006, "Cannot send an empty message")
    shown = {
        str(item.get("url", "")).removeprefix("attachment://")
        for item in media(components)
        if str(item.get("url", "")).startswith("attachment://")
    }
    if shown - set(names):
        raise invalid_form(
            "components", "COMPONENT_REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment was not found"
        )
    if set(names) - shown - _linked(components, names):
        raise invalid_form(
            "attachments", "MESSAGE_ATTACHMENT_NOT_REFERENCED", "All attachments must be referenced by a component"
        )


def _linked(components: list[Any], names: list[str]) -> set[str]:
    """Files shown by the link Discord gave them, as an edit that keeps them may do."""
    urls = [str(item.get("url", "")).partition("?")[0] for item in media(components)]
    return {name for name in names if any(url.endswith(f"/{name}") for url in urls)}


def check_modal(data: Mapping[str, Any]) -> None:
    """The rules about a modal (D23)."""
    if not 1 <= len(data.get("title") or "") <= 45:
        raise invalid_form("data.title", _LENGTH, "Must be between 1 and 45 in length.")
    if not 1 <= len(data.get("custom_id") or "") <= 100:
        raise invalid_form("data.custom_id", _LENGTH, "Must be between 1 and 100 in length.")
    if not 1 <= len(data.get("components") or ()) <= 5:
        raise invalid_form("data.components", _LENGTH, "Must be between 1 and 5 in length.")
    for each in walk(data["components"]):
        if each.get("type") == 18 and not 1 <= len(each.get("label") or "") <= 45:
            raise invalid_form("data.components.label", _LENGTH, "Must be between 1 and 45 in length.")
        if len(each.get("placeholder") or "") > 100 or len(each.get("value") or "") > 4000:
            raise invalid_form("data.components.placeholder", _MAX, "Too long.")
    identifiers = Counter(each["custom_id"] for each in walk(data["components"]) if "custom_id" in each)
    if any(count > 1 or not 1 <= len(name) <= 100 for name, count in identifiers.items()):
        raise invalid_form("data.components", _UNIQUE, "Component custom id cannot be duplicated")
