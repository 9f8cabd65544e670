"""Provenance, usage, settings and help in words."""

import re
from pathlib import Path

import pytest

from bots.chat.help import help_lines
from bots.chat.privacy import erase_warning, erased_lines
from bots.chat.provenance_words import Spelling, tell
from bots.chat.settings_words import settings_lines
from bots.chat.usage import Usage, usage_lines, usage_of
from bots.replies import LOCALES, say_all
from generator.scene import Notice
from storage.provenance import Provenance
from storage.records import GenerationRecord
from storage.tenants import TenantRecord
from tests.chat.images import ANA, TENANT, keep, quiet_session

SPELLING = Spelling(requester=lambda one: f"<{one}>", words=str.upper)


async def everything(record: GenerationRecord) -> bool:
    del record
    return True


async def nothing(record: GenerationRecord) -> bool:
    del record
    return False


def keys(lines: tuple[Notice, ...]) -> list[str]:
    return [line.key for line in lines]


async def test_a_stranger_learns_date_engine_and_whether_it_was_edited_and_no_more(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        image = await keep(session.app, "discord:i:1", prompt="a secret hat")
        found = Provenance(verdict="ours", generation=image.id, history=(image.id,))
        told = await tell(found, session.app.records, sees=nothing, spelling=SPELLING)

    assert keys(told.lines) == ["provenance-ours", "provenance-made", "provenance-stranger"]
    assert told.image is None
    words = "\n".join(say_all(told.lines, "en"))
    assert "2026-11-23" in words
    assert "sketch" in words
    assert "not a revision" in words
    assert not re.search("secret|11>", words, re.IGNORECASE)


async def test_who_may_see_learns_requester_prompt_and_story(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        first = await keep(session.app, "discord:i:1", prompt="a hat")
        second = await keep(session.app, "discord:i:2", prompt="make it red", parents=(first.id,))
        found = Provenance(verdict="ours", generation=second.id, history=(second.id, first.id))
        told = await tell(found, session.app.records, sees=everything, spelling=SPELLING)

    words = "\n".join(say_all(told.lines, "en"))
    assert f"<{ANA}>" in words
    assert "MAKE IT RED" in words
    assert "A HAT" in words
    assert "as a revision" in words
    assert told.image is not None
    assert told.image.id == second.id


async def test_a_version_from_a_conversation_that_one_cannot_read_is_only_mentioned(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        first = await keep(session.app, "discord:i:1", prompt="a secret hat")
        second = await keep(session.app, "discord:i:2", parents=(first.id,))

        async def only_second(record: GenerationRecord) -> bool:
            return record.id == second.id

        found = Provenance(verdict="ours", generation=second.id, history=(second.id, first.id))
        told = await tell(found, session.app.records, sees=only_second, spelling=SPELLING)

    assert keys(told.lines)[-1] == "provenance-step-hidden"
    assert "SECRET" not in "\n".join(say_all(told.lines, "en"))


async def test_a_deleted_image_is_recognized_with_its_date(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        image = await keep(session.app, "discord:i:1")
        await session.app.records.remove(image.id, "takedown", session.app.blobs)
        found = Provenance(verdict="ours", generation=image.id, history=())
        told = await tell(found, session.app.records, sees=everything, spelling=SPELLING)

    assert keys(told.lines) == ["provenance-ours", "provenance-removed"]


@pytest.mark.parametrize("verdict", ["ours", "ours_modified", "tampered", "foreign_credential", "unknown"])
async def test_every_verdict_has_words_of_its_own(verdict, tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        told = await tell(Provenance(verdict=verdict), session.app.records, sees=nothing, spelling=SPELLING)

    for locale in LOCALES:
        assert not say_all(told.lines, locale)[0].startswith("provenance-")


async def test_usage_counts_mine_and_all_and_says_what_is_left(tmp_path: Path) -> None:
    async with quiet_session(tmp_path, quota={"images_per_day": 5}) as session:
        await keep(session.app, "discord:i:1")
        await keep(session.app, "discord:i:2", requester="discord:12")
        await session.app.records.debit("discord:i:1", TENANT, 2)
        await session.app.records.debit("discord:i:2", TENANT, 1)
        await session.app.records.open_job("discord:i:3", tenant=TENANT, conversation="discord:1", requester=ANA)
        usage = await usage_of(session.app, TENANT, ANA)

    assert usage == Usage(mine=2, all=3, limit=5, plan="free", waiting=1)
    assert "2 images of 5 are left" in "\n".join(say_all(usage_lines(usage), "en"))


def test_settings_show_plan_and_quota_and_every_setting_in_both_languages() -> None:
    tenant = TenantRecord(
        id=TENANT,
        plan="team",
        policy_strictness="strict",
        retention_days=30,
        preferences={"channels": ["5"], "roles": ["6"], "language": "ko", "threads": "channel", "spoiler": True},
    )
    usage = Usage(mine=0, all=1, limit=0, plan="team", waiting=0)
    lines = settings_lines(
        tenant, usage, opens_threads=True, channel=lambda one: f"<#{one}>", role=lambda one: f"<@&{one}>"
    )

    for locale in LOCALES:
        words = "\n".join(say_all(lines, locale))
        for shown in ("<#5>", "<@&6>", "30", "team"):
            assert shown in words
        assert "settings-" not in words


async def test_help_and_deletion_are_said_in_both_languages_and_fit_a_message(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        told = [help_lines(session.app), erase_warning(), erased_lines()]

    for lines in told:
        for locale in LOCALES:
            words = "\n".join(say_all(lines, locale))
            assert len(words) <= 2000
            assert not re.search(r"^[a-z]+-[a-z-]+$", words, re.MULTILINE)
