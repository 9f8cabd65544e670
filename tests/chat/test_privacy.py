"""A person's data as a file."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from bots.chat.privacy import export_archive
from tests.chat.images import BEN, TENANT, keep, quiet_session, say_turn

PLENTY = 10 * 2**20


def opened(archive: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        members = {name: file.read(name) for name in file.namelist()}
    return json.loads(members.pop("data.json")), members


async def test_an_export_holds_the_persons_words_and_signed_images_from_every_server(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        first = await keep(session.app, "discord:i:1")
        second = await keep(session.app, "discord:i:2", tenant="discord:2", private=True)
        await keep(session.app, "discord:i:3", requester=BEN)
        await say_turn(session.app, "discord:1", "draw a red hat")
        await say_turn(session.app, "discord:2", "what Ben said", author=BEN)
        document, members = opened(await export_archive(session.app, "discord:11", PLENTY))
        stored = {f"images/{image.id}.png": await session.app.blobs.get(image.digest) for image in (first, second)}

    assert members == stored
    assert [turn["text"] for turn in document["turns"]] == ["draw a red hat"]
    assert {image["id"] for image in document["generations"]} == {first.id, second.id}
    assert document["images_left_out"] == []


async def test_images_that_do_not_fit_are_listed_instead(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        kept = [await keep(session.app, f"discord:i:{number}") for number in range(3)]
        document, members = opened(await export_archive(session.app, "discord:11", 70_000 + kept[0].size_bytes))

    assert len(members) < len(kept)
    assert sorted(document["images_left_out"]) == sorted(
        image.id for image in kept if f"images/{image.id}.png" not in members
    )


async def test_an_export_of_somebody_unknown_is_empty_and_readable(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        await keep(session.app, "discord:i:1", tenant=TENANT)
        document, members = opened(await export_archive(session.app, "discord:99", PLENTY))

    assert members == {}
    assert document["generations"] == []
