import multiprocessing
import os
import time

import pytest

from storage.blobs import Blobs
from storage.errors import BlobCorrupt, BlobsUnavailable


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "blobs"


def file_of(folder, digest):
    return folder / digest[:2] / digest


async def test_bytes_that_changed_on_the_disk_are_never_handed_out(folder):
    blobs = Blobs.in_folder(folder)
    digest = await blobs.put(b"bytes", "image/png")
    file_of(folder, digest).write_bytes(b"other")

    with pytest.raises(BlobCorrupt):
        await blobs.get(digest)


async def test_storing_old_bytes_again_mends_them_and_saves_them_from_the_sweep(folder):
    blobs = Blobs.in_folder(folder)
    digest = await blobs.put(b"bytes", "image/png")
    file_of(folder, digest).write_bytes(b"damaged")
    os.utime(file_of(folder, digest), (0, 0))

    await blobs.put(b"bytes", "image/png")

    assert await blobs.get(digest) == b"bytes"
    assert await blobs.sweep(set(), older_than=60) == 0


async def test_half_written_files_are_invisible_and_swept_when_old(folder):
    blobs = Blobs.in_folder(folder)
    digest = await blobs.put(b"bytes", "image/png")
    half = folder / digest[:2] / f"{'0' * 64}#1"
    half.write_bytes(b"ha")

    assert await blobs.list() == {digest}
    assert await blobs.sweep({digest}, older_than=60) == 0

    os.utime(half, (0, 0))

    assert await blobs.sweep({digest}, older_than=60) == 1
    assert not half.exists()


async def test_a_folder_that_cannot_be_used_says_so(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BlobsUnavailable, match="cannot be used"):
        Blobs.in_folder(tmp_path / "file" / "blobs")
    with pytest.raises(BlobsUnavailable, match="URL"):
        Blobs.at("gopher://hole")


def _put_forever(folder):
    blobs = Blobs.in_folder(folder)
    number = 0
    while True:
        blobs._put(number.to_bytes(8, "big") * 500_000, "image/png")
        number += 1


async def test_a_process_killed_in_the_middle_of_writing_leaves_no_torn_blob(folder):
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=_put_forever, args=(folder,))
    child.start()
    deadline = time.monotonic() + 20
    while len(list(folder.glob("??/*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)  # noqa: ASYNC251 - nothing else runs in this loop
    child.kill()
    child.join()
    blobs = Blobs.in_folder(folder)
    digests = await blobs.list()

    assert digests
    for digest in digests:
        await blobs.get(digest)  # checks the digest
    await blobs.sweep(digests, older_than=-60)
    assert {path.name for path in folder.glob("??/*")} == digests
