"""What the commands that do not draw answer, to the person only."""

import json
import re
from pathlib import Path
from typing import Any

from storage.chats import Chats
from storage.gallery import GalleryQuery
from storage.posts import open_post
from storage.store import Records
from tests.chat.images import keep
from tests.contract.discord_loopback import POSTED
from tests.discord import offline
from tests.discord.offline import CHANNEL, GUILD, USER
from tests.discord.stage import attachment, staged, until

TENANT, ME, BEN = f"discord:{GUILD}", f"discord:{USER}", "discord:12"
ADMIN: dict[str, Any] = {"permissions": 1 << 5}
REPORTED = {**POSTED, "attachments": [], "id": "940000000000000001"}


async def test_d1_help_is_answered_at_once_and_only_to_the_person(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        answer = await (await stage.command("help")).callback()

    assert answer["type"] == 4
    assert answer["data"]["flags"] & 64
    assert "안녕하세요" in answer["data"]["content"]


async def test_d1_usage_is_acknowledged_first_and_then_told(tmp_path: Path) -> None:
    async with staged(tmp_path, quota={"images_per_day": 5}) as stage:
        await keep(stage.session.app, "discord:i:1", tenant=TENANT, requester=ME)
        await stage.session.app.records.debit("discord:i:1", TENANT, 2)
        came = await stage.command("usage", locale="en-US")
        shown = await came.original()
        acknowledged = await came.callback()

    assert acknowledged == {"type": 5, "data": {"flags": 64}}
    assert "2 yours, 2 in all" in shown["content"]
    assert "3 images of 5 are left" in shown["content"]
    assert shown["allowed_mentions"] == {"parse": []}


async def test_d1_an_answer_in_direct_messages_is_the_same(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        shown = await (await stage.command("usage", direct=True)).original()

    assert "하루 제한이 없어요" in shown["content"]


async def test_cancel_stops_the_only_running_request_of_the_person(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        records = stage.session.app.records
        await records.open_job("discord:i:1", tenant=TENANT, conversation="discord:1", requester=ME)
        await records.open_job("discord:i:2", tenant=TENANT, conversation="discord:1", requester=BEN)
        shown = await (await stage.command("cancel", locale="en-US")).original()
        mine, bens = await records.job("discord:i:1"), await records.job("discord:i:2")

    assert shown["content"] == "I stopped it."
    assert mine is not None
    assert bens is not None
    assert (mine.outcome, bens.status) == ("cancelled", "waiting")


async def test_cancel_says_when_nothing_runs(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.session.app.records.open_job("discord:i:2", tenant=TENANT, conversation="discord:1", requester=BEN)
        shown = await (await stage.command("cancel", locale="en-US")).original()

    assert "Nothing of yours is running" in shown["content"]


async def test_d7_what_is_chosen_to_be_cancelled_is_checked_again(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        records = stage.session.app.records
        for number in range(3):
            requester = BEN if number == 2 else ME
            await records.open_job(f"discord:i:{number}", tenant=TENANT, conversation="discord:1", requester=requester)
        shown = await (await stage.command("cancel")).original()
        options = shown["components"][0]["components"][0]["options"]
        # A list may be made up: Ben's request was never in it.
        choice = await stage.component(shown, "tc1:cancel:choose", ["discord:i:0", "discord:i:2"])
        await choice.original()
        ended = [await records.job(f"discord:i:{number}") for number in range(3)]

    assert [option["value"] for option in options] == ["discord:i:0", "discord:i:1"]
    assert [job.status for job in ended if job is not None] == ["done", "waiting", "waiting"]


async def test_admins_may_cancel_what_runs_in_their_server_without_reading_it(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        records = stage.session.app.records
        await records.open_job("discord:i:1", tenant=TENANT, conversation="discord:1", requester=BEN)
        await records.open_job("discord:i:2", tenant="discord:2", conversation="discord:1", requester=BEN)
        shown = await (await stage.command("cancel", locale="en-US", **ADMIN)).original()
        choice = await stage.component(shown, "tc1:cancel:choose", ["discord:i:1", "discord:i:2"], **ADMIN)
        await choice.original()
        here, elsewhere = await records.job("discord:i:1"), await records.job("discord:i:2")

    assert "somebody else's request" in shown["components"][0]["components"][0]["options"][0]["label"]
    assert here is not None
    assert elsewhere is not None
    assert (here.outcome, elsewhere.status) == ("cancelled", "waiting")


async def test_d9_settings_are_refused_to_who_does_not_manage_the_server(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        refused = [
            await (await stage.command("settings show", locale="en-US")).original(),
            await (await stage.command("settings change", {"strictness": "strict"}, locale="en-US")).original(),
        ]
        tenant = await stage.session.app.chats.tenant(TENANT)

    assert [answer["content"] for answer in refused] == ["Only people who may manage this server can do that."] * 2
    assert all(not answer.get("components") for answer in refused)
    assert tenant.policy_strictness == "standard"


async def test_d9_admins_change_settings_and_see_plan_and_quota(tmp_path: Path) -> None:
    async with staged(tmp_path, quota={"images_per_day": 9}) as stage:
        await stage.session.app.chats.change_tenant(TENANT, plan="team")
        options = {"strictness": "strict", "style": "poster", "retention_days": 30, "language": "ko", "spoiler": True}
        shown = await (await stage.command("settings change", options, locale="en-US", **ADMIN)).original()
        tenant = await stage.session.app.chats.tenant(TENANT)
        again = await stage.command("settings change", {"style": "none", "retention_days": 0}, **ADMIN)
        await again.original()
        taken_back = await stage.session.app.chats.tenant(TENANT)

    assert (tenant.policy_strictness, tenant.retention_days) == ("strict", 30)
    assert tenant.preferences == {"default_style": "poster", "language": "ko", "spoiler": True}
    for said in ("Saved", "Plan: team", "9 images of 9", "strict", "after 30 days", "Korean", "hidden"):
        assert said in shown["content"]
    assert taken_back.retention_days is None
    assert "default_style" not in taken_back.preferences
    assert taken_back.policy_strictness == "strict"


async def test_d7_the_lists_of_the_settings_check_the_person_again(tmp_path: Path) -> None:
    channel = {"id": "5", "name": "art", "type": 0, "permissions": "0"}
    chosen: dict[str, Any] = {"data": {"resolved": {"channels": {"5": channel}}}}
    async with staged(tmp_path) as stage:
        shown = await (await stage.command("settings show", **ADMIN)).original()
        refused = await stage.component(shown, "tc1:settings:channels", ["5"], locale="en-US", **chosen)
        told = await refused.original()
        before = await stage.session.app.chats.tenant(TENANT)
        allowed = await stage.component(shown, "tc1:settings:channels", ["5"], locale="en-US", **chosen, **ADMIN)
        changed = await allowed.original()
        after = await stage.session.app.chats.tenant(TENANT)

    assert "Only people who may manage" in told["content"]
    assert before.preferences == {}
    assert after.preferences == {"channels": ["5"]}
    assert "Channels: <#5>" in changed["content"]
    picker = changed["components"][0]["components"][0]
    assert picker["default_values"] == [{"id": "5", "type": "channel"}]


async def test_the_gallery_shows_signed_images_with_alt_text_and_says_ai(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        kept = await keep(stage.session.app, "discord:i:1", tenant=TENANT, requester=ME, alt="A red hat")
        came = await stage.command("gallery", locale="en-US")
        shown = await came.original()

    assert "AI-generated" in shown["content"]
    assert [file["description"] for file in shown["attachments"]] == ["A red hat"]
    assert shown["embeds"][0]["image"]["url"] == f"attachment://{kept.id}.png"
    assert "a red hat" in shown["embeds"][0]["description"]


async def test_d7_the_pages_of_the_gallery_turn_after_a_restart_and_keep_the_search(tmp_path: Path) -> None:
    async with staged(tmp_path / "data") as stage:
        for number in range(7):
            await keep(stage.session.app, f"discord:i:{number}", prompt=f"cat {number}", tenant=TENANT, requester=ME)
        await keep(stage.session.app, "discord:i:8", prompt="dog", tenant=TENANT, requester=ME)
        shown = await (await stage.command("gallery", {"text": "cat", "mine": True}, locale="en-US")).original()
    buttons = [item for row in shown["components"] for item in row["components"]]
    async with staged(tmp_path / "data") as stage:
        turned = await (await stage.component(shown, buttons[0]["custom_id"], locale="en-US")).original()

    assert [re.search(r"cat \d", one["description"]).group() for one in shown["embeds"]] == [  # type: ignore[union-attr]
        f"cat {number}" for number in (6, 5, 4, 3, 2)
    ]
    assert all(len(button["custom_id"]) <= 100 for button in buttons)
    assert [one["description"] for one in turned["embeds"]] == ["cat 1", "cat 0"]
    assert [item["label"] for row in turned["components"] for item in row["components"]] == ["Newest"]


async def test_d30_the_gallery_does_not_bring_back_what_was_deleted_from_its_channel(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        app = stage.session.app
        await keep(app, "discord:i:1", tenant=TENANT, requester=BEN)
        async with app.chats.database.write() as connection:
            await open_post(connection, "discord:i:1", f"discord:{CHANNEL}")
        await app.chats.place_post("discord:i:1", f"discord:{CHANNEL}", "discord:940000000000000009")
        await app.chats.close_post("discord:i:1", "delivered")
        standing = await (await stage.command("gallery", locale="en-US")).original()
        await app.chats.post_forgotten("discord:940000000000000009")
        deleted = await (await stage.command("gallery", locale="en-US")).original()

    assert len(standing["embeds"]) == 1
    assert deleted["content"] == "No images to show."


async def test_the_gallery_hides_what_others_asked_for_in_private_or_where_one_cannot_read(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await keep(stage.session.app, "discord:i:1", tenant=TENANT, requester=BEN, private=True)
        await keep(stage.session.app, "discord:i:2", tenant=TENANT, requester=BEN)  # nowhere that can be read
        await keep(stage.session.app, "discord:i:3", tenant="discord:2", requester=BEN)
        shown = await (await stage.command("gallery", locale="en-US")).original()

    assert shown["content"] == "No images to show."
    assert not shown.get("embeds")


async def test_an_export_is_a_file_for_the_person_only(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await keep(stage.session.app, "discord:i:1", tenant=TENANT, requester=ME)
        came = await stage.command("privacy export")
        shown = await came.original()
        acknowledged = await came.callback()
        sent = came.requests("PATCH", "@original")[-1].files

    assert acknowledged["data"]["flags"] & 64
    assert [file["filename"] for file in shown["attachments"]] == ["threadbrush-data.zip"]
    assert len(sent) == 1


async def test_d7_data_is_deleted_once_the_person_confirms_it_and_nobody_else_can(tmp_path: Path) -> None:
    async with staged(tmp_path, serve=True) as stage:
        app = stage.session.app
        kept = await keep(app, "discord:i:1", tenant=TENANT, requester=ME)
        shown = await (await stage.command("privacy delete", locale="en-US")).original()
        custom_id = shown["components"][0]["components"][0]["custom_id"]
        made_up = custom_id.replace(str(USER), "12")
        forged = json.loads(json.dumps(shown).replace(custom_id, made_up))
        ignored = await stage.component(forged, made_up)
        await ignored.callback()
        still_there = await app.records.generation(kept.id)
        told = await (await stage.component(shown, custom_id, locale="en-US")).original()
        gone = await app.records.generation(kept.id)

    assert "cannot be undone" in shown["content"]
    assert still_there is not None
    assert gone is None
    assert "are deleted" in told["content"]
    assert "checksums" in told["content"]
    assert not told.get("components")


async def test_deleting_ones_data_stops_what_runs_and_takes_the_posts_down(tmp_path: Path) -> None:
    async with staged(tmp_path, serve=True) as stage:
        app = stage.session.app
        await app.records.open_job("discord:i:5", tenant=TENANT, conversation="discord:1", requester=ME)
        shown = await (await stage.command("privacy delete")).original()
        custom_id = shown["components"][0]["components"][0]["custom_id"]
        await (await stage.component(shown, custom_id)).original()
        job = await app.records.job("discord:i:5")

    assert job is not None
    assert job.outcome == "cancelled"


async def test_an_error_is_apologized_for_with_a_number_and_without_the_words(tmp_path, monkeypatch, caplog) -> None:
    async def broken(records: Records, query: GalleryQuery) -> None:
        del records
        raise RuntimeError(query.text)

    monkeypatch.setattr(Records, "gallery", broken)
    async with staged(tmp_path) as stage:
        came = await stage.command("gallery", {"text": "my secret words"}, locale="en-US")
        told = await until(lambda: came.requests("POST", "/webhooks/"))

    assert re.search(r"this number: [0-9a-f]{8}", told[0].json["content"])
    assert told[0].json["flags"] & 64
    assert "secret words" not in caplog.text


async def test_what_breaks_in_a_form_or_a_component_is_apologized_for_too(tmp_path, monkeypatch, caplog) -> None:
    async def broken(*given: object, **more: object) -> None:
        raise RuntimeError(given, more)

    async with staged(tmp_path) as stage:
        modal = (await (await stage.menu("Report", REPORTED)).callback())["data"]
        shown = await (await stage.command("settings show", **ADMIN)).original()
        monkeypatch.setattr(Chats, "add_report", broken)
        monkeypatch.setattr(Chats, "change_tenant", broken)
        form = await (await stage.submit(modal, ["my secret words"], locale="en-US")).callback()
        role: dict[str, Any] = {"data": {"resolved": {"roles": {"77": offline.role(77)}}}}
        choice = await stage.component(shown, "tc1:settings:roles", ["77"], locale="en-US", **role, **ADMIN)
        listed = await until(lambda: choice.requests("POST", "/webhooks/"))

    assert "Something went wrong" in form["data"]["content"]
    assert form["data"]["flags"] & 64
    assert "Something went wrong" in listed[0].json["content"]
    assert "secret words" not in caplog.text


async def test_d5_own_recent_prompts_are_suggested_and_nobody_elses(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await keep(stage.session.app, "discord:i:1", prompt="a blue whale", tenant=TENANT, requester=ME)
        await keep(stage.session.app, "discord:i:2", prompt="a secret whale", tenant=TENANT, requester=BEN)
        found = await stage.typed("imagine", "prompt", "whale")
        images = await stage.typed("revise", "image", "", locale="en-US")

    assert [one["value"] for one in found] == ["a blue whale"]
    assert images[0] == {"name": "The latest image", "value": "latest"}
    assert len(images) == 2


async def test_d11_report_asks_for_a_reason_and_keeps_it(tmp_path: Path) -> None:
    message = {**REPORTED, "content": "buy now"}
    async with staged(tmp_path) as stage:
        modal = (await (await stage.menu("Report", message, locale="en-US")).callback())["data"]
        told = await (await stage.submit(modal, ["It is spam"], locale="en-US")).callback()
        reports = await stage.session.app.chats.reports_of(TENANT)

    assert modal["components"][0]["type"] == 18
    assert told["data"]["flags"] & 64
    assert "Thank you" in told["data"]["content"]
    assert [(one.reason, one.reporter, one.message) for one in reports] == [
        ("It is spam", ME, f"discord:{message['id']}")
    ]


async def test_d23_revise_this_image_opens_a_form_with_words_and_files(tmp_path: Path) -> None:
    message = {**REPORTED, "attachments": [attachment()]}
    async with staged(tmp_path) as stage:
        modal = (await (await stage.menu("Revise this image", message, locale="en-US")).callback())["data"]

    fields = [label["component"]["type"] for label in modal["components"]]
    assert [label["type"] for label in modal["components"]] == [18, 18]
    assert fields == [4, 19]
    assert all(len(label["label"]) <= 45 for label in modal["components"])


async def test_d11_a_message_without_an_image_cannot_be_revised(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        refused = await (await stage.menu("Revise this image", REPORTED, locale="en-US")).callback()

    assert "no image" in refused["data"]["content"]
    assert refused["data"]["flags"] & 64


async def test_d30_posts_with_the_persons_images_are_deleted_with_their_data(tmp_path: Path) -> None:
    async with staged(tmp_path, serve=True) as stage:
        app = stage.session.app
        kept = await keep(app, "discord:i:1", tenant=TENANT, requester=ME)
        async with app.chats.database.write() as connection:
            await open_post(connection, kept.job, f"discord:{CHANNEL}")
        await app.chats.place_post(kept.job, f"discord:{CHANNEL}", "discord:950000000000000001")
        shown = await (await stage.command("privacy delete")).original()
        custom_id = shown["components"][0]["components"][0]["custom_id"]
        await stage.component(shown, custom_id)
        place = f"/channels/{CHANNEL}/messages/950000000000000001"
        deleted = await until(
            lambda: [one for one in stage.heard if one.method == "DELETE" and one.path.endswith(place)]
        )

    assert len(deleted) == 1
