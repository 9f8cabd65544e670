"""One JSON codec for every value that is checkpointed, queued or stored.

Built on pydantic over the plain frozen dataclasses, so that the values themselves know nothing of it. What is decoded
equals what was encoded: ``decode(T, encode(T, value)) == value`` (property-tested). Unknown keys are dropped, missing
keys take the field's default, so a newer program reads older records.
"""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


class CodecError(ValueError):
    """The document is no valid value of the asked type."""


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def encode(kind: Any, value: Any) -> Any:
    """``value`` as JSON data: dicts, lists, strings, numbers, booleans, None."""
    return _adapter(kind).dump_python(value, mode="json")


def decode(kind: type[T], data: Any) -> T:
    """The value that ``data`` (as from ``encode`` or ``json.loads``) stands for.

    Raises:
        CodecError: It does not fit ``kind``.
    """
    asked: Any = kind
    try:
        value: T = _adapter(asked).validate_python(data)
    except ValidationError as exc:
        where = ".".join(str(part) for part in exc.errors()[0]["loc"])
        raise CodecError(f"not a {getattr(kind, '__name__', kind)}: {where}: {exc.errors()[0]['msg']}") from exc
    return value
