import asyncio
from dataclasses import replace

import pytest

from storage.tenants import TenantRecord
from tests.storage.samples import WHEN, keep, open_job


async def test_an_unknown_tenant_has_the_settings_of_everybody(records, chats):
    assert await chats.tenant("guild") == TenantRecord(id="guild")

    await open_job(records, "job")

    assert await chats.tenant("guild") == TenantRecord(id="guild")


async def test_a_change_is_kept_and_leaves_the_rest_alone(chats):
    changed = await chats.change_tenant("guild", policy_strictness="strict", retention_days=30, locale="ko")

    assert changed == TenantRecord(id="guild", policy_strictness="strict", retention_days=30, locale="ko")
    assert await chats.change_tenant("guild", plan="team", weight=2.5, visibility="tenant") == replace(
        changed, plan="team", weight=2.5, visibility="tenant"
    )
    assert (await chats.change_tenant("guild", retention_days=None)).retention_days is None
    assert await chats.tenant("another") == TenantRecord(id="another")


async def test_preferences_are_laid_over_the_known_ones(chats):
    await chats.change_tenant("guild", preferences={"channels": ["1"], "spoiler": True})
    changed = await chats.change_tenant("guild", preferences={"spoiler": None, "default_style": "paper"})

    assert changed.preferences == {"channels": ["1"], "default_style": "paper"}
    assert await chats.tenant("guild") == changed


async def test_two_admins_who_change_different_preferences_at_once_both_get_theirs(chats):
    await asyncio.gather(*[chats.change_tenant("guild", preferences={f"key{i}": i}) for i in range(8)])

    assert (await chats.tenant("guild")).preferences == {f"key{i}": i for i in range(8)}


@pytest.mark.parametrize(
    "change",
    [
        {"policy_strictness": "lenient"},
        {"retention_days": 0},
        {"retention_days": 4000},
        {"retention_days": True},
        {"retention_days": "30"},
        {"locale": "xx"},
        {"locale": None},
        {"visibility": "world"},
        {"weight": 0},
        {"weight": float("nan")},
        {"weight": float("inf")},
        {"plan": "a plan\0"},
        {"preferences": []},
        {"preferences": {"Key With Blanks": 1}},
        {"preferences": {"big": "x" * 40_000}},
        {"preferences": {"set": {1, 2}}},
        {"preferences": {"number": float("nan")}},
        {"preferences": {f"k{i}": 1 for i in range(65)}},
    ],
)
async def test_a_value_out_of_range_is_refused_and_nothing_is_changed(chats, change):
    with pytest.raises(ValueError, match=next(iter(change))):
        await chats.change_tenant("guild", **{"plan": "team", **change} if "plan" not in change else change)

    assert await chats.tenant("guild") == TenantRecord(id="guild")


@pytest.mark.parametrize("name", ["id", "created_at", "nonsense"])
async def test_a_setting_that_does_not_exist_is_refused(chats, name):
    with pytest.raises(TypeError, match=name):
        await chats.change_tenant("guild", **{name: "x"})


async def test_preferences_cannot_grow_without_bound_in_small_steps(chats):
    await chats.change_tenant("guild", preferences={"a": "x" * 20_000})

    with pytest.raises(ValueError, match="preferences"):
        await chats.change_tenant("guild", preferences={"b": "x" * 20_000})


async def test_a_person_has_one_opinion_of_an_image_the_last(records, chats):
    image = await keep(records, "job")
    await asyncio.gather(*[chats.add_feedback(image.id, "ana", 1) for _ in range(8)])
    await chats.add_feedback(image.id, "ben", 1)
    await chats.add_feedback(image.id, "ana", -1)

    assert await chats.feedback_of(image.id) == {"ana": -1, "ben": 1}
    assert await chats.add_feedback(image.id, "ben", 0)
    assert await chats.feedback_of(image.id) == {"ana": -1}


async def test_an_opinion_needs_an_image_and_a_known_score(records, chats, blobs):
    image = await keep(records, "job")
    with pytest.raises(ValueError, match="score"):
        await chats.add_feedback(image.id, "ana", 5)
    await chats.add_feedback(image.id, "ana", 1)
    await records.remove(image.id, "takedown", blobs)

    assert not await chats.add_feedback(image.id, "ana", 1)
    assert await chats.feedback_of(image.id) == {}


async def test_a_report_is_kept_once_per_person_and_thing(chats):
    first = await chats.add_report(
        tenant="guild", reporter="ana", reason="rude\0" + "x" * 9999, message="chat:1", at=WHEN
    )
    again = await chats.add_report(tenant="guild", reporter="ana", reason="very rude", message="chat:1")
    other = await chats.add_report(tenant="guild", reporter="ben", reason="", generation="g", message="chat:1")

    assert first.reason.startswith("rude\ufffdx")
    assert len(first.reason) == 2000
    assert again == replace(first, reason="very rude")
    assert await chats.reports_of("guild") == (other, again)
    assert await chats.reports_of("another") == ()
    with pytest.raises(ValueError, match="image or a message"):
        await chats.add_report(tenant="guild", reporter="ana", reason="all of it")
