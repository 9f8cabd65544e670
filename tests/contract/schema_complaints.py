"""JSON Schemas as they are used by contract tests: closed to unknown fields, and their errors said in a line.

Owns: the preparation of a schema and the wording of what an instance does wrong. Not known here: whose schema it is.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import jsonschema_rs

Schema = dict[str, Any]

_Errors = list[jsonschema_rs.ValidationError]
_Path = list[str | int]
_Kind = jsonschema_rs.ValidationErrorKind
_INT32 = 1 << 31
_FAR = 100  # an error of the discriminating kind outweighs any number of missing fields
_MOST_ERRORS = 20  # of one instance that are said
_LONGEST = 200  # characters of a line that quote an instance


def closed(schema: Any) -> Any:
    """A copy in which an object has no property that its schema does not name, and 32-bit integers have 32 bits.

    JSON Schema lets unknown properties pass unless a schema says otherwise; Discord's do not say, but Discord's
    server reads nothing else, so a field it does not know is a mistake of the sender. Objects that are put together by
    ``allOf`` stay open.
    """
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: closed(value) for key, value in schema.items()}
    if "object" in _types(copy) and isinstance(copy.get("properties"), dict) and "allOf" not in copy:
        copy.setdefault("additionalProperties", False)
    if copy.get("format") == "int32" and "integer" in _types(copy):
        copy.setdefault("minimum", -_INT32)
        copy.setdefault("maximum", _INT32 - 1)
    return copy


def _types(schema: Schema) -> Iterable[Any]:
    kind = schema.get("type")
    if isinstance(kind, str):
        return (kind,)
    return kind if isinstance(kind, list) else ()


def check(validator: jsonschema_rs.Validator, instance: Any, name: str) -> Iterator[str]:
    """What is wrong with an instance, a line each, the place first."""
    if not validator.is_valid(instance):
        for error in islice(validator.iter_errors(instance), _MOST_ERRORS):
            yield from _lines(error, name)


def _lines(error: jsonschema_rs.ValidationError, name: str) -> Iterator[str]:
    """An error; of a union only what its likeliest form has to say."""
    match error.kind:
        case _Kind.AnyOf(context=forms) | _Kind.OneOfNotValid(context=forms):
            likeliest = _likeliest(forms, error.instance_path)
            if any(_contradicts(each, error.instance_path) for each in likeliest):
                yield f"{_place(error, name)}: {_shown(error.instance)} is none of {len(forms)} forms"
            else:
                for each in likeliest:
                    yield from _lines(each, name)
        case _Kind.OneOfMultipleValid():
            yield f"{_place(error, name)}: {_shown(error.instance)} is more than one form at once"
        case _Kind.AdditionalProperties(unexpected=names):
            yield f"{_place(error, name)}: unknown {', '.join(sorted(names))}"
        case _Kind.MaxLength(limit=limit):
            yield f"{_place(error, name)}: {len(str(error.instance))} characters, at most {limit}"
        case _:
            yield f"{_place(error, name)}: {error.message[:_LONGEST]}"


def _likeliest(forms: Iterable[_Errors], place: _Path) -> _Errors:
    """The errors of that form of a union which an instance means."""
    return min(forms, key=lambda form: (any(_contradicts(each, place) for each in form), _distance(form, place)))


def _distance(errors: _Errors, place: _Path) -> int:
    """How far an instance is from a form."""
    total = 0
    for error in errors:
        match error.kind:
            case _Kind.AnyOf(context=forms) | _Kind.OneOfNotValid(context=forms):
                total += _distance(_likeliest(forms, error.instance_path), error.instance_path)
            case _:
                total += _FAR if _is_discriminating(error, place) else 1
    return total


def _is_discriminating(error: jsonschema_rs.ValidationError, place: _Path) -> bool:
    """Whether an error says that what stands at a place is another thing: by its JSON type or by some ``type``."""
    return (error.kind.name == "type" and error.instance_path == place) or error.instance_path[-1:] == ["type"]


def _contradicts(error: jsonschema_rs.ValidationError, place: _Path) -> bool:
    """Whether an error of a form speaks against the form as such, seen from where the union stands."""
    match error.kind:
        case _Kind.AnyOf(context=forms) | _Kind.OneOfNotValid(context=forms) if error.instance_path == place:
            return any(_contradicts(each, place) for each in _likeliest(forms, place))
        case _:
            return _is_discriminating(error, place) and error.instance_path in (place, [*place, "type"])


def _place(error: jsonschema_rs.ValidationError, name: str) -> str:
    return name + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)


def _shown(instance: Any) -> str:
    kind = instance.get("type") if isinstance(instance, dict) else None
    return f"an object of type {kind}" if kind is not None else repr(instance)[:_LONGEST]
