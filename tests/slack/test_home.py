"""The home page: what it shows to whom, settings, and a person's data."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.preferences import Preferences, preferences_of
from bots.chat.privacy import STAYS
from bots.chat.usage import Usage
from bots.replies import say
from bots.slack.home import page as pages_
from bots.slack.home import privacy
from bots.slack.home.page import CREATE, ERASE, EXPORT, MOST_IMAGES, REFRESH, SETTINGS
from bots.slack.home.publishing import Home
from bots.slack.home.settings import CHOICES, Unusable, form, read_form
from bots.slack.where import requester_of, tenant_of
from generator.scene import Notice
from storage.gallery import GalleryQuery
from storage.tenants import MAX_RETENTION_DAYS, TenantRecord
from tests.fakes.slack import User
from tests.slack.pages import JSON, Stage, actions, arguments, complaints, pages, texts
from tests.storage.samples import generation

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


def pictures(page: JSON) -> list[JSON]:
    return [block for block in page["blocks"] if block["type"] == "image"]


async def press(stage: Stage, user: User, action: str) -> Any:
    return await stage.fake.world.people.act(user, stage.fake.world.homes[user.id], action, {})


async def settled(stage: Stage) -> JSON:
    await stage.parts.later.settle()
    return stage.page(stage.ana)


async def tenant(stage: Stage) -> TenantRecord:
    return await stage.app.chats.tenant(tenant_of(stage.team.id))


async def test_s23_home_shows_usage_and_what_can_be_done(stage: Stage) -> None:
    page = await stage.home(stage.ana)

    assert say(Notice(key="usage-today", args={"mine": 0, "all": 0}), "en") in texts(page)
    assert say(Notice(key="usage-queue", args={"waiting": 0}), "en") in texts(page)
    assert say(Notice(key="slack-home-no-images"), "en") in texts(page)
    assert actions(page) == [CREATE, REFRESH, SETTINGS, EXPORT, ERASE]


async def test_s23_a_korean_has_a_korean_home(stage: Stage) -> None:
    page = await stage.home(stage.ben)

    assert say(Notice(key="slack-home-privacy-text"), "ko") in texts(page)
    assert say(Notice(key="slack-home-privacy-text"), "en") not in texts(page)


async def test_s23_home_shows_the_newest_images_with_alt_text_and_the_way_to_their_thread(stage: Stage) -> None:
    drawn = [await stage.draw(stage.ana, number, f"hat {number}") for number in range(1, MOST_IMAGES + 3)]
    await stage.draw(stage.ben, 20, "not ana's")
    page = await stage.home(stage.ana)

    newest = [image.request.prompt for image in reversed(drawn)][:MOST_IMAGES]
    assert len(pictures(page)) == MOST_IMAGES
    files = [(await stage.app.chats.files_of(image.id))[0].key.rpartition(":")[2] for image in reversed(drawn)]
    assert [block["slack_file"]["id"] for block in pictures(page)] == files[:MOST_IMAGES]
    assert all(block["alt_text"] for block in pictures(page))
    contexts = [block for block in page["blocks"] if block["type"] == "context"]
    assert [block["elements"][1]["text"] for block in contexts] == newest
    assert all(block["elements"][2]["text"].startswith(f"<{stage.fake.world.base_url}/archives/") for block in contexts)
    assert "not ana's" not in texts(page)


async def test_s23_home_shows_private_images_to_their_owner_alone(stage: Stage) -> None:
    await stage.draw(stage.ana, 1, "a secret hat", private=True)

    assert "a secret hat" in texts(await stage.home(stage.ana))
    assert "a secret hat" not in texts(await stage.home(stage.ben))


async def test_s17_home_is_valid_for_slack_and_has_at_most_100_blocks(stage: Stage) -> None:
    for number in range(1, MOST_IMAGES + 1):
        await stage.draw(stage.ana, number, "a hat " * 200)
    await stage.home(stage.ana)
    (call,) = arguments(stage.fake, "views.publish")

    assert complaints("views.publish", call) == []
    assert len(call["view"]["blocks"]) <= 100


async def test_s20_words_of_a_prompt_mention_nobody_on_the_home_page(stage: Stage) -> None:
    await stage.draw(stage.ana, 1, "<!channel> & <@U0F00001> <https://evil.example|click>")
    page = await stage.home(stage.ana)

    assert "&lt;!channel&gt; &amp; &lt;@U0F00001&gt;" in texts(page)
    assert not [each for each in texts(page).splitlines() if "<!" in each or "<@" in each]
    assert "<http" not in texts(page).replace(f"<{stage.fake.world.base_url}/", "")


async def test_s23_the_same_opening_four_times_shows_the_same_page(stage: Stage) -> None:
    await stage.draw(stage.ana, 1)
    first = await stage.home(stage.ana)
    for _ in range(3):
        await stage.home(stage.ana)

    assert stage.page(stage.ana) == first
    assert len(stage.fake.calls("views.publish")) == 4


async def test_s23_a_page_that_was_replaced_meanwhile_is_not_overwritten(stage: Stage) -> None:
    await stage.home(stage.ana)
    old = stage.fake.world.homes[stage.ana.id].hash
    await stage.home(stage.ana)
    newest = stage.fake.world.homes[stage.ana.id].hash
    await Home(stage.parts).publish(stage.team.id, None, stage.ana.id, seen=old)

    assert stage.fake.calls("views.publish")[-1].args["hash"] == old
    assert stage.fake.world.homes[stage.ana.id].hash == newest


async def test_s23_home_appears_without_pictures_where_slack_does_not_take_them(stage: Stage) -> None:
    await stage.draw(stage.ana, 1, "a red hat")
    stage.fake.faults.add("refuse", "views.publish", code="invalid_blocks")
    await stage.ana.open_home()
    await stage.fake.wait_until(lambda: stage.ana.id in stage.fake.world.homes)

    assert pictures(stage.page(stage.ana)) == []
    assert "a red hat" in texts(stage.page(stage.ana))


async def test_s1_opening_home_is_acknowledged_although_slack_does_not_answer_us(stage: Stage) -> None:
    stage.fake.faults.add("error", "views.publish", times=None)
    await stage.ana.open_home()
    await stage.fake.wait_until(lambda: stage.fake.calls("views.publish"))
    await stage.fake.wait_until(lambda: stage.fake.delivery.pending == 0)

    assert len([each for each in stage.fake.sent if each.kind == "events_api"]) == 1


async def test_home_is_refreshed_by_its_button(stage: Stage) -> None:
    await stage.home(stage.ana)
    await stage.draw(stage.ana, 1, "a new hat")
    await press(stage, stage.ana, REFRESH)

    assert "a new hat" in texts(await settled(stage))


async def test_only_admins_see_settings(stage: Stage) -> None:
    assert SETTINGS in actions(await stage.home(stage.ana))
    assert SETTINGS not in actions(await stage.home(stage.ben))


async def test_an_admin_changes_every_setting_in_a_form(stage: Stage) -> None:
    await stage.home(stage.ana)
    opened = await press(stage, stage.ana, SETTINGS)
    view = await stage.ana.view()
    assert opened.acknowledged_after is not None
    (call,) = arguments(stage.fake, "views.open")
    assert complaints("views.open", call) == []

    await stage.ana.submit(view, {**FILLED, "channels": [stage.channel.id]})
    page = await settled(stage)
    record = await tenant(stage)

    assert not view.open
    assert (record.policy_strictness, record.retention_days) == ("strict", 30)
    assert preferences_of(record) == Preferences(channels=(stage.channel.id,), default_style="poster", language="ko")
    assert say(Notice(key="settings-changed"), "en") in texts(page)
    assert f"<#{stage.channel.id}>" in texts(page)


async def test_settings_are_taken_back_in_the_form(stage: Stage) -> None:
    await stage.home(stage.ana)
    await press(stage, stage.ana, SETTINGS)
    await stage.ana.submit(await stage.ana.view(), {**FILLED, "channels": [stage.channel.id]})
    await stage.parts.later.settle()
    await press(stage, stage.ana, SETTINGS)
    nothing = {"strictness": "standard", "style": "none", "language": "none", "retention": "0", "channels": []}
    await stage.ana.submit(await stage.ana.view(), nothing)
    await stage.parts.later.settle()

    record = await tenant(stage)
    assert (record.policy_strictness, record.retention_days) == ("standard", None)
    assert preferences_of(record) == Preferences()


async def test_whoever_lost_the_right_cannot_change_settings_with_a_form_that_is_open(stage: Stage) -> None:
    await stage.home(stage.ana)
    await press(stage, stage.ana, SETTINGS)
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


async def test_a_person_gets_everything_that_is_kept_of_them_as_a_file(stage: Stage) -> None:
    image = await stage.draw(stage.ana, 1, "a red hat")
    await stage.draw(stage.ben, 2, "not ana's")
    await stage.home(stage.ana)
    await press(stage, stage.ana, EXPORT)
    await stage.parts.later.settle()

    (message,) = stage.fake.messages_of_bot(stage.team.open_dm(stage.ana))
    assert message.text == say(Notice(key="export-done"), "en")
    (file,) = message.files
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        document = json.loads(archive.read("data.json"))
        names = archive.namelist()
    assert f"images/{image.id}.png" in names
    assert "a red hat" in json.dumps(document)
    assert "not ana's" not in json.dumps(document)


async def test_a_file_that_slack_does_not_take_is_said_on_the_page(stage: Stage) -> None:
    await stage.home(stage.ana)
    stage.fake.faults.add("error", "files.completeUploadExternal")
    await press(stage, stage.ana, EXPORT)

    assert say(Notice(key="slack-home-export-failed"), "en") in texts(await settled(stage))
    assert len(stage.fake.calls("files.completeUploadExternal")) == 1, "twice might send it twice"


async def test_data_that_is_too_large_is_not_sent(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "MOST_BYTES", 100)
    await stage.draw(stage.ana, 1)
    await stage.home(stage.ana)
    await press(stage, stage.ana, EXPORT)

    assert say(Notice(key="export-too-large"), "en") in texts(await settled(stage))


async def test_deleting_asks_first_and_says_what_stays(stage: Stage) -> None:
    await stage.draw(stage.ana, 1)
    await stage.home(stage.ana)
    await press(stage, stage.ana, ERASE)
    view = await stage.ana.view()

    assert all(say(Notice(key=key), "en") in texts(view.body) for key in ("slack-erase-warning", *STAYS))
    (call,) = arguments(stage.fake, "views.open")
    assert complaints("views.open", call) == []
    assert len(await images_of(stage, stage.ana)) == 1


async def test_deleting_removes_records_posts_and_files_and_nothing_of_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "UNPACED", 1)
    monkeypatch.setattr(privacy, "PACE_SECONDS", 0.0)
    mine = [await stage.draw(stage.ana, number) for number in (1, 2)]
    files = [(await stage.app.chats.files_of(image.id))[0].key.rpartition(":")[2] for image in mine]
    other = await stage.draw(stage.ben, 3)
    running = await stage.ask("a cat")
    await stage.home(stage.ana)
    await press(stage, stage.ana, ERASE)
    await stage.ana.submit(await stage.ana.view(), {})
    page = await settled(stage)

    assert await images_of(stage, stage.ana) == []
    assert [image.id for image in await images_of(stage, stage.ben)] == [other.id]
    assert all(stage.fake.world.files[file].deleted for file in files)
    assert len(stage.fake.messages_of_bot(stage.channel)) == 2, "ben's post and his file"
    job = await stage.app.records.job(running.job)
    assert job is None or job.status == "done"
    assert say(Notice(key="erase-done"), "en") in texts(page)
    assert say(Notice(key="slack-home-erase-left"), "en") not in texts(page)


async def test_deleting_removes_the_files_with_somebodys_data_as_well(stage: Stage) -> None:
    direct = stage.team.open_dm(stage.ana)
    await direct.say(stage.ana, "my own", files=[(privacy.FILE, b"not the bot's")])
    await stage.home(stage.ana)
    await press(stage, stage.ana, EXPORT)
    await stage.parts.later.settle()
    (sent,) = stage.fake.messages_of_bot(direct)
    await press(stage, stage.ana, ERASE)
    await stage.ana.submit(await stage.ana.view(), {})
    await stage.parts.later.settle()

    assert sent.files[0].deleted
    assert stage.fake.messages_of_bot(direct) == []
    (own,) = direct.messages
    assert not own.files[0].deleted


async def test_deleting_says_when_a_post_could_not_be_deleted(stage: Stage) -> None:
    await stage.draw(stage.ana, 1)
    await stage.home(stage.ana)
    stage.fake.faults.add("refuse", "chat.delete", code="cant_delete_message", times=None)
    await press(stage, stage.ana, ERASE)
    await stage.ana.submit(await stage.ana.view(), {})
    page = await settled(stage)

    assert say(Notice(key="slack-home-erase-left"), "en") in texts(page)
    assert await images_of(stage, stage.ana) == []


async def images_of(stage: Stage, user: User) -> list[Any]:
    requester = requester_of(stage.team.id, user.id)
    return list(await stage.app.records.gallery(GalleryQuery(requester=requester, viewer=requester)))


def test_a_link_that_is_none_is_not_shown() -> None:
    sheet = pages_.Sheet(
        locale="en",
        usage=Usage(mine=1, all=2, limit=0, plan="free", waiting=0),
        images=(pages_.Shown(image=generation("job"), link="javascript:alert(1)|x>"),),
        tenant=None,
        engine="sketch",
    )
    assert "javascript" not in json.dumps(pages_.view(sheet))


@pytest.mark.parametrize("action", [SETTINGS, ERASE])
async def test_s1_a_form_that_slack_does_not_open_is_said_and_acknowledged(stage: Stage, action: str) -> None:
    await stage.home(stage.ana)
    stage.fake.faults.add("refuse", "views.open", code="expired_trigger_id")
    pressed = await press(stage, stage.ana, action)

    assert pressed.acknowledged_after is not None
    assert say(Notice(key="slack-form-not-opened"), "en") in texts(await settled(stage))
