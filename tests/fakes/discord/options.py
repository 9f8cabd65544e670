"""Options of a slash command as a person's client fills them in."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.discord import payloads
from tests.fakes.discord.model import Channel, Role, User

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
_TYPES: dict[int, Any] = {
    STRING: str,
    INTEGER: int,
    BOOLEAN: bool,
    NUMBER: (int, float),
    USER: User,
    CHANNEL: Channel,
    ROLE: Role,
}

Json = dict[str, Any]


def read_options(
    command: Mapping[str, Any], inner: list[str], values: Json, focused: str | None
) -> tuple[list[Json], Json]:
    """Options as an interaction carries them, and the objects they name.

    Raises:
        ValueError: The client would not send this.
    """
    for name in inner:
        command = _find(command, name)
    defined = {option["name"]: option for option in command.get("options", ()) if option["type"] > GROUP}
    if set(values) - set(defined):
        raise ValueError(f"{command['name']!r} has no options {sorted(set(values) - set(defined))}")
    missing = [name for name, option in defined.items() if option.get("required") and name not in values]
    if missing and focused is None:
        raise ValueError(f"{command['name']!r} needs {missing}")
    resolved: Json = {}
    options = [_option(defined[name], value, name == focused, resolved) for name, value in values.items()]
    for name in reversed(inner):
        kind = GROUP if any(option["type"] == SUBCOMMAND for option in options) else SUBCOMMAND
        options = [{"name": name, "type": kind, "options": options}]
    return options, resolved


def _find(command: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    for option in command.get("options", ()):
        if option["name"] == name and option["type"] <= GROUP:
            found: Mapping[str, Any] = option
            return found
    raise ValueError(f"{command['name']!r} has no subcommand {name!r}")


def _option(defined: Mapping[str, Any], value: Any, focused: bool, resolved: Json) -> Json:  # noqa: FBT001 - private
    kind = defined["type"]
    if focused:
        return {"name": defined["name"], "type": kind, "value": value, "focused": True}
    if kind in _TYPES and not isinstance(value, _TYPES[kind]):
        raise ValueError(f"{defined['name']!r} cannot be {value!r}")
    _bounds(defined, value)
    if kind <= BOOLEAN or kind == NUMBER:
        return {"name": defined["name"], "type": kind, "value": value}
    return {"name": defined["name"], "type": kind, "value": _resolve(value, resolved)}


def _bounds(defined: Mapping[str, Any], value: Any) -> None:
    choices = [choice["value"] for choice in defined.get("choices") or ()]
    if choices and value not in choices:
        raise ValueError(f"{defined['name']!r} offers {choices}, not {value!r}")
    if isinstance(value, str):
        lowest, highest, amount = defined.get("min_length"), defined.get("max_length"), float(len(value))
    elif isinstance(value, int | float):
        lowest, highest, amount = defined.get("min_value"), defined.get("max_value"), float(value)
    else:
        return
    if (lowest is not None and amount < lowest) or (highest is not None and amount > highest):
        raise ValueError(f"{defined['name']!r} does not take {value!r}")


def _resolve(value: Any, resolved: Json) -> str:
    if isinstance(value, dict):
        resolved.setdefault("attachments", {})[value["id"]] = value
        return str(value["id"])
    identifier = str(value.id)
    if isinstance(value, User):
        resolved.setdefault("users", {})[identifier] = payloads.user(value)
    elif isinstance(value, Role):
        resolved.setdefault("roles", {})[identifier] = payloads.role(value)
    else:
        resolved.setdefault("channels", {})[identifier] = payloads.chosen_channel(value, value.world.bot)
    return identifier
