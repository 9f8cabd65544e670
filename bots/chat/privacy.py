"""A person's data: a file with everything that is kept of them, and its deletion. Knows no platform."""

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bots.app import App
from generator.scene import Notice
from storage.errors import BlobMissing
from storage.gallery import MAX_IMAGES, GalleryQuery
from storage.records import GenerationRecord

RESERVE: Final = 64 * 1024
"""Bytes of a file that are left for what a ZIP needs around its members."""

STAYS: Final = ("erase-stays-counts", "erase-stays-tombstones", "erase-stays-others", "erase-stays-platform")
"""What a deletion leaves, and why."""


async def export_archive(app: App, requester: str, most_bytes: int) -> bytes:
    """Everything that is kept of a person as a ZIP: ``data.json``, and their images as far as they fit.

    Images are the signed bytes; those that do not fit are listed with their ids in ``data.json``.

    Args:
        app: The wired parts.
        requester: Whose.
        most_bytes: The largest file that can be sent.
    """
    document = await app.records.export_of(None, requester)
    images = await _images_of(app, requester)
    left = most_bytes - len(await asyncio.to_thread(_written, document)) - RESERVE
    members: list[tuple[str, bytes]] = []
    left_out: list[str] = []
    for image in images:
        data = await _bytes_of(app, image) if image.size_bytes <= left else None
        if data is None:
            left_out.append(image.id)
            continue
        left -= len(data) + 512
        members.append((f"images/{image.id}.{image.media_type.rpartition('/')[2]}", data))
    document["images_left_out"] = left_out
    return await asyncio.to_thread(_zipped, document, members)


def erased_lines() -> tuple[Notice, ...]:
    """What was done and what stays."""
    return (Notice(key="erase-done"), *(Notice(key=key) for key in STAYS))


def erase_warning() -> tuple[Notice, ...]:
    """What will be done and what stays, before it is confirmed."""
    return (Notice(key="erase-warning"), *(Notice(key=key) for key in STAYS))


async def _images_of(app: App, requester: str) -> tuple[GenerationRecord, ...]:
    found: list[GenerationRecord] = []
    while True:
        page = await app.records.gallery(
            GalleryQuery(
                requester=requester, viewer=requester, limit=MAX_IMAGES, before=found[-1].id if found else None
            )
        )
        found += page
        if len(page) < MAX_IMAGES:
            return tuple(found)


async def _bytes_of(app: App, image: GenerationRecord) -> bytes | None:
    try:
        return await app.blobs.get(image.digest)
    except BlobMissing:
        return None


def _zipped(document: Mapping[str, Any], members: Sequence[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data.json", _written(document), zipfile.ZIP_DEFLATED)
        for name, data in members:
            archive.writestr(name, data, zipfile.ZIP_STORED)  # they are compressed already
    return file.getvalue()


def _written(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, default=str).encode()
