import json
import multiprocessing
import os
import signal

import pytest

from storage.errors import StagingError
from storage.lock import NAME, DataLock, Holder
from storage.staging import Staging


@pytest.fixture
def staging(tmp_path):
    return Staging(tmp_path / "staging")


async def test_a_staged_file_is_read_back_replaced_and_removed_with_its_job(staging):
    await staging.write("cli:1", "draft-0.png", b"one")
    await staging.write("cli:1", "draft-0.png", b"two")
    await staging.write("cli:2", "draft-0.png", b"other")

    assert await staging.read("cli:1", "draft-0.png") == b"two"
    assert await staging.files("cli:1") == ("draft-0.png",)

    await staging.remove("cli:1")
    await staging.remove("cli:1")

    assert await staging.find("cli:1", "draft-0.png") is None
    assert await staging.files("cli:1") == ()
    assert await staging.read("cli:2", "draft-0.png") == b"other"
    with pytest.raises(StagingError, match="not staged"):
        await staging.read("cli:1", "draft-0.png")


HOSTILE = [
    "../up",
    "..",
    ".",
    "",
    "/etc",
    "a/../../b",
    "slack:m:T1:C1:17.5",
    "j" * 5000,
    "\0",
    "한글" * 90,
    "\udcff",
    "A%2F",
]


@pytest.mark.parametrize("job", HOSTILE)
async def test_whatever_a_job_is_called_its_drafts_lie_directly_in_the_staging_folder(staging, job):
    folder = staging.folder(job)

    assert folder.parent == staging.root
    assert folder.name not in {"", ".", ".."}
    assert len(os.fsencode(folder.name)) <= 255

    await staging.write(job, "draft.png", b"x")

    assert await staging.read(job, "draft.png") == b"x"


def test_different_jobs_have_different_folders(staging):
    assert len({staging.folder(job) for job in [*HOSTILE, "a:b", "a/b", "a%2Fb", "j" * 5001]}) == len(HOSTILE) + 4


@pytest.mark.parametrize("file", ["../x", "", ".", ".hidden", "a/b", "a\0", "-x", "x" * 300])
async def test_a_file_needs_a_plain_name(staging, file):
    with pytest.raises(StagingError, match="plain name"):
        await staging.write("job", file, b"x")


async def test_a_sweep_keeps_the_drafts_of_unfinished_jobs_and_drops_half_written_files(staging):
    await staging.write("keep:1", "draft.png", b"x")
    await staging.write("drop:1", "draft.png", b"x")
    (staging.folder("keep:1") / ".half").write_bytes(b"ha")
    (staging.root / "stray").write_bytes(b"")

    assert await staging.sweep({"keep:1", "never staged"}) == 1
    assert [path.name for path in staging.root.iterdir()] == [staging.folder("keep:1").name]
    assert [path.name for path in staging.folder("keep:1").iterdir()] == ["draft.png"]


async def test_a_write_that_fails_leaves_no_file(staging):
    await staging.write("job", "draft.png", b"x")
    (staging.folder("job") / "taken").mkdir()

    with pytest.raises(StagingError):
        await staging.write("job", "taken", b"y")

    assert await staging.files("job") == ("draft.png", "taken")
    assert list(staging.folder("job").glob(".*")) == []


def test_a_held_lock_is_refused_to_others_and_names_its_holder(tmp_path):
    held = DataLock.acquire(tmp_path / "data")
    assert held is not None
    with held:
        assert DataLock.acquire(tmp_path / "data") is None

        held.announce("http://127.0.0.1:8787")

        assert DataLock.holder(tmp_path / "data") == Holder(pid=os.getpid(), address="http://127.0.0.1:8787")

        held.announce("")

        assert json.loads((tmp_path / "data" / NAME).read_text()) == {"pid": os.getpid(), "address": ""}
    assert DataLock.holder(tmp_path / "data") is None
    again = DataLock.acquire(tmp_path / "data")
    assert again is not None
    again.release()
    again.release()


def test_nobody_holds_a_folder_that_is_not_there(tmp_path):
    assert DataLock.holder(tmp_path / "missing") is None


def _hold(folder, ready):
    DataLock.acquire(folder, "held by a child")
    ready.set()
    signal.pause()


def test_a_killed_holder_frees_the_lock_at_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    child = context.Process(target=_hold, args=(tmp_path, ready))
    child.start()
    assert ready.wait(20)
    assert DataLock.holder(tmp_path) == Holder(pid=child.pid or 0, address="held by a child")
    assert DataLock.acquire(tmp_path) is None

    child.kill()
    child.join()

    assert DataLock.holder(tmp_path) is None
    freed = DataLock.acquire(tmp_path)
    assert freed is not None
    freed.release()
