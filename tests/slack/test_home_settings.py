"""The workspace's settings on the home page and in their form."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.preferences import Preferences, preferences_of
from bots.replies import say
from bots.slack.home.page import ERASE, SETTINGS
from bots.slack.home.settings import CHOICES, Unusable, form, read_form
from bots.slack.where import tenant_of
from generator.scene import Notice
from storage.tenants import MAX_RETENTION_DAYS, TenantRecord
from tests.slack.pages import JSON, Stage, actions, arguments, complaints, pages, texts

FILLED = {
    "strictness": "strict",
    "style": "poster",
    "language": "ko",
    "retention": "30",
}


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with pages(tmp_path) as made:
        yield made


async def tenant(stage: Stage) -> TenantRecord:
    return await stage.app.chats.tenant(tenant_of(stage.team.id))


async def test_only_admins_see_settings(stage: Stage) -> None:
    assert SETTINGS in actions(await stage.home(stage.ana))
    assert SETTINGS not in actions(await stage.home(stage.ben))


async def test_an_admin_changes_every_setting_in_a_form(stage: Stage) -> None:
    await stage.home(stage.ana)
    opened = await stage.press(stage.ana, SETTINGS)
    view = await stage.ana.view()
    assert opened.acknowledged_after is not None
    (call,) = arguments(stage.fake, "views.open")
    assert complaints("views.open", call) == []

    await stage.ana.submit(view, {**FILLED, "channels": [stage.channel.id]})
    page = await stage.settled()
    record = await tenant(stage)

    assert not view.open
    assert (record.policy_strictness, record.retention_days) == ("strict", 30)
    assert preferences_of(record) == Preferences(channels=(stage.channel.id,), default_style="poster", language="ko")
    assert say(Notice(key="settings-changed"), "en") in texts(page)
    assert f"<#{stage.channel.id}>" in texts(page)


async def test_settings_are_taken_back_in_the_form(stage: Stage) -> None:
    await stage.home(stage.ana)
    await stage.press(stage.ana, SETTINGS)
    await stage.ana.submit(await stage.ana.view(), {**FILLED, "channels": [stage.channel.id]})
    await stage.parts.later.settle()
    await stage.press(stage.ana, SETTINGS)
    nothing = {"strictness": "standard", "style": "none", "language": "none", "retention": "0", "channels": []}
    await stage.ana.submit(await stage.ana.view(), nothing)
    await stage.parts.later.settle()

    record = await tenant(stage)
    assert (record.policy_strictness, record.retention_days) == ("standard", None)
    assert preferences_of(record) == Preferences()


async def test_whoever_lost_the_right_cannot_change_settings_with_a_form_that_is_open(stage: Stage) -> None:
    await stage.home(stage.ana)
    await stage.press(stage.ana, SETTINGS)
    view = await stage.ana.view()
    stage.ana.admin = False
    stage.parts.workspaces.forget(stage.team.id)
    await stage.ana.submit(view, FILLED)

    assert view.errors == {"strictness": say(Notice(key="slack-admins-only"), "en")}
    assert (await tenant(stage)).policy_strictness == "standard"


async def test_a_forged_press_of_a_member_opens_no_settings(stage: Stage) -> None:
    await stage.home(stage.ana)
    await stage.home(stage.ben)
    await stage.fake.world.people.act(stage.ben, stage.fake.world.homes[stage.ana.id], SETTINGS, {})
    await stage.parts.later.settle()

    assert stage.fake.calls("views.open") == []
    assert say(Notice(key="slack-admins-only"), "ko") in texts(stage.page(stage.ben))


def test_the_form_shows_what_is_set() -> None:
    record = TenantRecord(
        id="slack:T1",
        policy_strictness="strict",
        retention_days=7,
        preferences={"channels": ["C1"], "default_style": "paper", "language": "en"},
    )
    fields = {block["block_id"]: block["element"] for block in form(record, "en")["blocks"]}

    assert {name: fields[name]["initial_option"]["value"] for name in CHOICES} == {
        "strictness": "strict",
        "style": "paper",
        "language": "en",
    }
    assert fields["retention"]["initial_value"] == "7"
    assert fields["channels"]["initial_conversations"] == ["C1"]


def submitted(**fields: Any) -> JSON:
    entries: JSON = {name: {name: {"selected_option": {"value": next(iter(CHOICES[name]))}}} for name in CHOICES}
    entries |= {"retention": {"retention": {"value": "0"}}, "channels": {"channels": {"selected_conversations": []}}}
    return {"state": {"values": {**entries, **{name: {name: value} for name, value in fields.items()}}}}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("strictness", {"selected_option": {"value": "none at all"}}),
        ("style", {"selected_option": None}),
        ("language", {}),
        ("retention", {"value": "-1"}),
        ("retention", {"value": str(MAX_RETENTION_DAYS + 1)}),
        ("retention", {"value": "٣"}),
        ("retention", {"value": None}),
        ("channels", {"selected_conversations": [f"C{number}" for number in range(26)]}),
    ],
)
def test_a_form_with_what_cannot_be_set_is_refused(field: str, value: JSON) -> None:
    with pytest.raises(Unusable) as caught:
        read_form(submitted(**{field: value}))
    assert caught.value.field == field


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_channels_in_a_form_are_ids_or_nothing(value: Any) -> None:
    _, changes = read_form(submitted(channels={"selected_conversations": value}))
    assert all(one.isalnum() for one in changes["channels"])


@given(st.dictionaries(st.sampled_from(["state", "values", "x"]), st.none() | st.text() | st.lists(st.none())))
def test_any_form_is_read_or_refused(view: JSON) -> None:
    with pytest.raises(Unusable):
        read_form(view)


@pytest.mark.parametrize("action", [SETTINGS, ERASE])
async def test_s1_a_form_that_slack_does_not_open_is_said_and_acknowledged(stage: Stage, action: str) -> None:
    await stage.home(stage.ana)
    stage.fake.faults.add("refuse", "views.open", code="expired_trigger_id")
    pressed = await stage.press(stage.ana, action)

    assert pressed.acknowledged_after is not None
    assert say(Notice(key="slack-form-not-opened"), "en") in texts(await stage.settled())
