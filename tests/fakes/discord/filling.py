"""Filling in a modal as a person's client does."""

from typing import Any

from tests.fakes.discord.components import walk

Json = dict[str, Any]
TEXT_INPUT, SELECT, TEXT_DISPLAY, LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 4, 3, 10, 18, 19, 21, 22, 23


def fill_in(components: list[Json], values: Json, uploads: dict[str, list[Json]]) -> tuple[list[Json], Json]:
    """What is sent for a modal, and the files by id.

    Args:
        components: The modal's.
        values: By label or custom_id; what is not named stays as the bot filled it in.
        uploads: Files by label or custom_id.

    Raises:
        ValueError: There is no such field, or it does not take this.
    """
    filler = _Filler(values, uploads)
    sent = [filler.top(each) for each in components]
    unknown = (set(values) | set(uploads)) - filler.used
    if unknown:
        labels = [each.get("label") or each.get("custom_id") for each in walk(components)]
        raise ValueError(f"the modal has no {sorted(unknown)}, it has {labels}")
    return sent, filler.resolved


class _Filler:
    def __init__(self, values: Json, uploads: dict[str, list[Json]]) -> None:
        self._given = {**values, **uploads}
        self.used: set[str] = set()
        self.resolved: Json = {}

    def top(self, component: Json) -> Json:
        base = {"type": component["type"], "id": component.get("id", 0)}
        if component["type"] == TEXT_DISPLAY:
            return base
        if component["type"] == LABEL:
            return {**base, "component": self._field(component["component"], component["label"])}
        return {**base, "components": [self._field(each, each.get("label")) for each in component["components"]]}

    def _field(self, field: Json, label: str | None) -> Json:
        value: Any = None
        for name in (field["custom_id"], label):
            if name in self._given:
                self.used.add(name)
                value = self._given[name]
        base = {"type": field["type"], "id": field.get("id", 0), "custom_id": field["custom_id"]}
        if field["type"] == TEXT_INPUT:
            return {**base, "value": _text(field, value)}
        if field["type"] == RADIO:
            default = next((option["value"] for option in field["options"] if option.get("default")), None)
            return {**base, "value": _chosen(field, [default if value is None else value])[0]}
        if field["type"] == CHECKBOX:
            return {**base, "value": bool(field.get("default", False) if value is None else value)}
        if field["type"] == UPLOAD:
            return {**base, "values": self._files(field, value or [])}
        defaults = [option["value"] for option in field.get("options", ()) if option.get("default")]
        many = defaults if value is None else [value] if isinstance(value, str) else list(value)
        _count(field, len(many))
        return {**base, "values": _chosen(field, many)}

    def _files(self, field: Json, files: list[Json]) -> list[str]:
        _count(field, len(files))
        self.resolved |= {file["id"]: file for file in files}
        return [file["id"] for file in files]


def _text(field: Json, value: Any) -> str:
    text = str(field.get("value") or "") if value is None else str(value)
    if (field.get("required", True) and not text) or len(text) > field.get("max_length", 4000):
        raise ValueError(f"{field['custom_id']!r} does not take {text[:80]!r}")
    if text and len(text) < (field.get("min_length") or 0):
        raise ValueError(f"{field['custom_id']!r} needs more than {text[:80]!r}")
    return text


def _chosen(field: Json, values: list[Any]) -> list[Any]:
    offered = [option["value"] for option in field.get("options", ())]
    for value in values:
        if offered and value is not None and value not in offered:
            raise ValueError(f"{field['custom_id']!r} offers {offered}, not {value!r}")
    if field.get("required", True) and values == [None]:
        raise ValueError(f"{field['custom_id']!r} must be chosen")
    return values


def _count(field: Json, count: int) -> None:
    required = field.get("required", True)
    lowest = field.get("min_values", 1) if required else 0
    if count < lowest or count > field.get("max_values", 1):
        raise ValueError(f"{field['custom_id']!r} takes {lowest} to {field.get('max_values', 1)}, not {count}")
