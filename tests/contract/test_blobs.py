"""Every kind of blob store keeps the same promises."""

import asyncio
import hashlib

import pytest

from storage.blobs import Blobs
from storage.errors import BlobMissing


@pytest.fixture(params=["folder", "memory"])
def blobs(request, tmp_path):
    return Blobs.in_folder(tmp_path / "blobs") if request.param == "folder" else Blobs.at("memory:///")


async def test_what_is_put_comes_back_under_its_sha256(blobs):
    digest = await blobs.put(b"bytes", "image/png")

    assert digest == hashlib.sha256(b"bytes").hexdigest()
    assert await blobs.get(digest) == b"bytes"
    assert await blobs.exists(digest)
    assert await blobs.list() == {digest}


async def test_parallel_puts_of_the_same_bytes_keep_one(blobs):
    digests = await asyncio.gather(*[blobs.put(b"bytes", "image/png") for _ in range(10)])

    assert await blobs.list() == set(digests)
    assert len(set(digests)) == 1


async def test_a_deleted_blob_is_gone_and_deleting_again_is_fine(blobs):
    digest = await blobs.put(b"bytes", "image/png")
    await blobs.delete([digest])
    await blobs.delete([digest])

    assert not await blobs.exists(digest)
    with pytest.raises(BlobMissing):
        await blobs.get(digest)


@pytest.mark.parametrize("name", ["../app.db", "", "A" * 64, "0" * 63, f"{'0' * 64}/x"])
async def test_what_is_no_digest_is_no_blob(blobs, name):
    with pytest.raises(BlobMissing):
        await blobs.get(name)


async def test_a_sweep_deletes_only_what_is_unreferenced_and_old(blobs):
    kept, orphan = await blobs.put(b"kept", "image/png"), await blobs.put(b"orphan", "image/png")

    assert await blobs.sweep({kept}, older_than=3600) == 0
    assert await blobs.list() == {kept, orphan}
    assert await blobs.sweep({kept}, older_than=0) == 1
    assert await blobs.list() == {kept}
