"""Files that a platform keeps for us, and attempts at a post whose end nobody saw."""

import asyncio

import pytest

from storage.errors import GenerationRemoved
from storage.files import FileRecord
from storage.posts import open_post
from tests.storage.samples import keep, open_job


async def opened(records, job: str) -> None:
    await open_job(records, job)
    async with records.database.write() as connection:
        await open_post(connection, job, "chat:room")


async def test_only_the_first_attempt_at_a_post_knows_that_nothing_stands_yet(records, chats):
    await opened(records, "job")

    assert not await chats.try_post("job")
    assert await chats.try_post("job")
    post = await chats.post("job")
    assert post.tried_at is not None
    assert post.state == "waiting"


async def test_of_parallel_attempts_at_a_post_one_is_the_first(records, chats):
    await opened(records, "job")
    tried = await asyncio.gather(*[chats.try_post("job") for _ in range(8)])

    assert tried.count(False) == 1


async def test_a_file_is_known_by_its_key_and_by_its_image(records, chats):
    await open_job(records, "job")
    image = await keep(records, "job")
    one = FileRecord(key="slack:T1:F1", generation=image.id, digest=image.digest)
    assert await chats.keep_file(one) == one
    assert await chats.keep_file(FileRecord(key="slack:T1:F1", generation=image.id, digest="other")) == one

    assert await chats.file("slack:T1:F1") == one
    assert await chats.files_of(image.id) == (one,)
    assert await chats.file("slack:T2:F1") is None
    await chats.drop_file("slack:T1:F1")
    assert await chats.files_of(image.id) == ()


async def test_the_files_of_an_image_are_forgotten_with_it_and_none_is_kept_after(records, chats, blobs):
    await open_job(records, "job")
    image = await keep(records, "job")
    await chats.keep_file(FileRecord(key="slack:T1:F1", generation=image.id, digest=image.digest))
    await records.remove(image.id, "deleted", blobs)

    assert await chats.file("slack:T1:F1") is None
    with pytest.raises(GenerationRemoved):
        await chats.keep_file(FileRecord(key="slack:T1:F2", generation=image.id, digest=image.digest))
