"""Sealing: nobody reads or changes it without a key, keys can be replaced, the key file is made once and is private."""

import asyncio
import stat

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bots.config import Settings
from bots.secrets import FILE, CannotUnseal, Seal, open_seal
from storage.errors import KeyMaterialError

KEYS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=3)


@given(text=st.text(st.characters(codec="utf-8")), keys=KEYS)
def test_what_is_sealed_is_unsealed_and_not_seen(text, keys):
    seal = Seal(keys)
    sealed = seal.seal(text)

    assert seal.unseal(sealed) == text
    assert sealed != seal.seal(text)
    assert len(text) < 8 or text not in sealed


def test_nobody_else_unseals_it():
    with pytest.raises(CannotUnseal):
        Seal(["another"]).unseal(Seal(["one"]).seal("xoxb-1"))


@pytest.mark.parametrize("wrong", ["", "xoxb-1", "gAAAAA", "ㄱ", None])
def test_what_was_never_sealed_is_not_unsealed(wrong):
    if wrong is None:  # of somebody else's key
        wrong = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    with pytest.raises(CannotUnseal):
        Seal(["one"]).unseal(wrong)


def test_what_was_changed_is_not_unsealed():
    seal = Seal(["one"])
    sealed = seal.seal("xoxb-1")
    changed = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]

    with pytest.raises(CannotUnseal):
        seal.unseal(changed)


def test_a_new_first_key_seals_and_the_old_one_still_unseals():
    old, both, new = Seal(["old"]), Seal(["new", "old"]), Seal(["new"])

    assert both.unseal(old.seal("xoxb-1")) == "xoxb-1"
    assert new.unseal(both.seal("xoxb-1")) == "xoxb-1"
    with pytest.raises(CannotUnseal):
        old.unseal(both.seal("xoxb-1"))


def test_there_is_no_seal_without_a_key():
    with pytest.raises(ValueError, match="at least one key"):
        Seal([])


def test_a_seal_does_not_show_its_keys():
    assert "hunter2" not in repr(Seal(["hunter2"]))


async def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path):
    settings = Settings(data_dir=tmp_path)
    seals = await asyncio.gather(*(open_seal(settings) for _ in range(8)))  # as many processes would
    file = tmp_path / "keys" / FILE

    assert {seal.unseal(seals[0].seal("xoxb-1")) for seal in seals} == {"xoxb-1"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == [FILE]
    assert len(file.read_text()) >= 32


async def test_with_a_key_in_the_settings_no_file_is_made_but_one_that_is_there_still_unseals(tmp_path):
    own = Settings(data_dir=tmp_path / "own")
    before = (await open_seal(own)).seal("xoxb-1")
    moved = await open_seal(Settings(data_dir=tmp_path / "own", secret_key=SecretStr(" new , old,")))

    assert moved.unseal(before) == "xoxb-1"
    assert Seal(["new"]).unseal(moved.seal("xoxb-2")) == "xoxb-2"
    await open_seal(Settings(data_dir=tmp_path / "other", secret_key=SecretStr("new")))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("held", [b"", b"\xff\xfe", b"  \n"])
async def test_a_key_file_that_holds_none_is_said_by_its_name(tmp_path, held):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / FILE).write_bytes(held)

    with pytest.raises(KeyMaterialError, match=FILE):
        await open_seal(Settings(data_dir=tmp_path))


async def test_a_folder_that_cannot_hold_a_key_is_said_by_its_name(tmp_path):
    (tmp_path / "keys").write_text("a file")

    with pytest.raises(KeyMaterialError, match=FILE):
        await open_seal(Settings(data_dir=tmp_path))
