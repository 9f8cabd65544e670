"""Alembic's folder: how a database gets from any earlier version to this one."""

from typing import Any

from storage.tables import metadata


def is_ours(item: Any, name: str | None, kind: str, reflected: bool, _compared_to: Any) -> bool:  # noqa: FBT001 - Alembic's signature
    """Whether Alembic may look at it: the durable engine's tables share the database and are none of our business."""
    del item
    return kind != "table" or not reflected or name in metadata.tables
