"""From a command to a job: one commit, then the acknowledgement, then nothing that Discord waits for."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bots.chat.preferences import change_preferences
from bots.discord.where import where
from bots.order import Order
from bots.session import Session
from storage.posts import PostRecord, open_post
from storage.rooms import RoomRecord
from storage.turns import TurnRecord
from tests.chat.images import keep
from tests.contract.discord_loopback import POSTED
from tests.discord import offline
from tests.discord.offline import CHANNEL, GUILD, THREAD, USER
from tests.discord.stage import Came, Stage, attachment, staged, until
from tests.storage.samples import WHEN

TENANT, ME, BEN = f"discord:{GUILD}", f"discord:{USER}", "discord:12"
IN_THREAD: dict[str, Any] = {"channel": offline.thread()}
MESSAGE = {**POSTED, "attachments": [attachment()]}


@pytest.fixture(autouse=True)
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """The orders, as they are handed to the session; they are committed all the same."""
    orders: list[Order] = []
    submit = Session.submit

    async def noted(session: Session, order: Order, turn: TurnRecord | None = None) -> None:
        await submit(session, order, turn)
        orders.append(order)

    monkeypatch.setattr(Session, "submit", noted)
    return orders


async def post_of(stage: Stage, came: Came) -> PostRecord:
    post = await stage.session.app.chats.post(f"discord:i:{came.id}")
    assert post is not None
    return post


async def prefer(stage: Stage, **changes: Any) -> None:
    await change_preferences(stage.session.app.chats, TENANT, **changes)
    stage.desk.tenants.forget(TENANT)


def acknowledged(came: Came) -> list[tuple[int, int]]:
    """Type and flags of each first response."""
    return [(one.json["type"], one.json.get("data", {}).get("flags", 0)) for one in came.requests("POST", "/callback")]


async def test_d1_the_job_its_post_and_its_turn_are_committed_before_the_acknowledgement(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        came = await stage.command("imagine", {"prompt": "a hat", "image1": attachment()})
        await came.callback()
        job = await stage.session.app.records.job(f"discord:i:{came.id}")
        post, turn = await post_of(stage, came), await stage.session.app.chats.turn(f"discord:{came.id}")

    assert job is not None
    assert (job.tenant, job.requester, job.conversation) == (TENANT, ME, f"discord:{came.id}")
    assert (post.place, post.state) == (f"discord:{CHANNEL}", "waiting")
    assert turn is not None
    assert (turn.text, turn.author, turn.job) == ("a hat", ME, job.id)
    assert [file.name for file in turn.attachments] == ["cat.png"]


async def test_d1_where_the_bot_is_in_the_channel_the_acknowledgement_is_ephemeral(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        came = await stage.command("imagine", {"prompt": "a hat"})
        await came.callback()

    assert acknowledged(came) == [(5, 64)]
    found = where(submitted[0])
    assert (found.manner, found.ephemeral, found.opens_thread, found.token) == (
        "channel",
        False,
        True,
        f"token{came.id}",
    )


async def test_d3_the_acknowledgement_goes_away_once_the_placeholder_stands_and_nothing_else_is_sent(tmp_path) -> None:
    async with staged(tmp_path) as stage:
        came = await stage.command("imagine", {"prompt": "a hat"})
        await came.callback()
        assert not came.requests("DELETE", "@original")
        await stage.session.app.chats.place_post(f"discord:i:{came.id}", f"discord:{CHANNEL}", "discord:5")
        await until(lambda: came.requests("DELETE", "/messages/@original"))
        follow_ups = [one for one in came.requests("POST", "/webhooks/") if "callback" not in one.path]

    assert follow_ups == []
    assert not came.requests("PATCH", "")


async def test_d3_a_private_answer_stays_in_the_acknowledgement_and_is_seen_by_the_person_only(
    tmp_path: Path, submitted
) -> None:
    async with staged(tmp_path) as stage:
        came = await stage.command("imagine", {"prompt": "a hat", "private": True})
        await came.callback()
        job = await stage.session.app.records.job(f"discord:i:{came.id}")

    assert acknowledged(came) == [(5, 64)]
    assert (where(submitted[0]).manner, where(submitted[0]).ephemeral) == ("private", True)
    assert submitted[0].conversation.options.private
    assert job is not None
    assert job.private


async def test_d3_where_only_the_person_installed_the_bot_everybody_sees_the_original(
    tmp_path: Path, submitted
) -> None:
    owners = {"authorizing_integration_owners": {"1": str(USER)}, "guild_id": "700000000000000099"}
    async with staged(tmp_path) as stage:
        came = await stage.command("imagine", {"prompt": "a hat"}, **owners)
        await came.callback()

    assert acknowledged(came) == [(5, 0)]
    assert (where(submitted[0]).manner, where(submitted[0]).ephemeral) == ("private", False)
    assert submitted[0].conversation.tenant == f"discord:user:{USER}"


async def test_d1_the_same_interaction_twice_is_one_job(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        came = await stage.command("imagine", {"prompt": "a hat"}, id="910000000000009999")
        await stage.command("imagine", {"prompt": "a hat"}, id="910000000000009999")
        await until(lambda: len(came.requests("POST", "/callback")) == 2)
        jobs = await stage.session.app.records.unfinished_jobs()

    assert [order.job for order in submitted] == ["discord:i:910000000000009999"] * 2
    assert [job.id for job in jobs] == ["discord:i:910000000000009999"]


async def test_a_refusal_by_the_servers_rules_is_told_at_once_and_to_the_person_only(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await prefer(stage, channels=("1",))
        channel = await stage.command("imagine", {"prompt": "a hat"}, locale="en-US")
        refused = await channel.callback()
        await prefer(stage, channels=(), roles=("1",))
        role = await (await stage.command("imagine", {"prompt": "a hat"}, locale="en-US")).callback()
        admin = await stage.command("imagine", {"prompt": "a hat"}, permissions=1 << 5)
        await admin.callback()
        jobs = await stage.session.app.records.unfinished_jobs()

    assert (refused["type"], refused["data"]["flags"]) == (4, 64)
    assert "other channels" in refused["data"]["content"]
    assert "certain roles" in role["data"]["content"]
    assert [job.id for job in jobs] == [f"discord:i:{admin.id}"]


async def test_what_the_server_set_goes_with_the_order(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        columns = {"policy_strictness": "strict"}
        given = {"default_style": "poster", "threads": "channel", "language": "ko"}
        await prefer(stage, columns=columns, **given)
        await (await stage.command("imagine", {"prompt": "a hat"}, locale="en-US")).callback()

    conversation = submitted[0].conversation
    assert (conversation.default_style, conversation.strictness, conversation.locale) == ("poster", "strict", "ko")
    assert not where(submitted[0]).opens_thread


@pytest.mark.parametrize(("private", "locale"), [(True, "ko"), (False, "en")])
async def test_d10_private_answers_are_in_the_persons_language_and_posts_in_the_servers(
    tmp_path: Path, submitted, private, locale
) -> None:
    async with staged(tmp_path) as stage:
        await (await stage.command("imagine", {"prompt": "a hat", "private": private})).callback()

    assert submitted[0].conversation.locale == locale


async def test_the_options_win_over_the_words_and_impossible_ones_are_refused(tmp_path: Path, submitted) -> None:
    options = {"prompt": "a hat", "size": "512x768", "background": "#ffeecc", "style": "flat", "count": 2, "seed": 9}
    async with staged(tmp_path) as stage:
        await (await stage.command("imagine", options)).callback()
        wrong = {"prompt": "a hat", "size": "10x10"}
        refused = await (await stage.command("imagine", wrong, locale="en-US")).callback()

    given = submitted[0].conversation.options
    assert (given.width, given.height, given.background) == (512, 768, "#ffeecc")
    assert (given.style, given.count, given.seed) == ("flat", 2, 9)
    assert len(submitted) == 1
    assert refused["data"]["flags"] & 64
    assert "not possible" in refused["data"]["content"]


async def test_a_thread_goes_on_with_its_conversation_and_private_requests_do_not(tmp_path: Path, submitted) -> None:
    room = RoomRecord(place=f"discord:{THREAD}", conversation="discord:42", tenant=TENANT, owned=True, opened_at=WHEN)
    async with staged(tmp_path) as stage:
        await stage.session.app.chats.open_room(room)
        await (await stage.command("revise", {"prompt": "make it red"}, **IN_THREAD)).callback()
        private = await stage.command("imagine", {"prompt": "a hat", "private": True}, **IN_THREAD)
        await private.callback()

    assert [order.conversation.id for order in submitted] == ["discord:42", f"discord:{private.id}"]
    assert submitted[0].source is None
    assert submitted[0].conversation.options.action == "revise"


async def test_revise_in_a_channels_root_takes_ones_own_latest_image(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        nothing = await (await stage.command("revise", {"prompt": "make it red"}, locale="en-US")).callback()
        await keep(stage.session.app, "discord:i:1", tenant=TENANT, requester=ME)
        latest = await keep(stage.session.app, "discord:i:2", tenant=TENANT, requester=ME)
        await keep(stage.session.app, "discord:i:3", tenant=TENANT, requester=BEN)
        await (await stage.command("revise", {"prompt": "make it red"})).callback()

    assert "drawn nothing" in nothing["data"]["content"]
    assert [order.source for order in submitted] == [latest.id]


async def test_revise_takes_the_image_of_a_link_only_if_the_person_can_see_it(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        app = stage.session.app
        image = await keep(app, "discord:i:1", tenant=TENANT, requester=BEN)
        hidden = await keep(app, "discord:i:2", tenant=TENANT, requester=BEN)
        for record, channel, message in ((image, CHANNEL, MESSAGE["id"]), (hidden, CHANNEL + 50, "940000000000000009")):
            async with app.chats.database.write() as connection:
                await open_post(connection, record.job, f"discord:{channel}")
            await app.chats.place_post(record.job, f"discord:{channel}", f"discord:{message}")
        links = [
            f"https://discord.com/channels/{GUILD}/{CHANNEL}/{MESSAGE['id']}",
            f"https://discord.com/channels/{GUILD}/{CHANNEL + 50}/940000000000000009",
            f"https://discord.com/channels/{GUILD}/{CHANNEL}/940000000000000009",  # the right message, said to be here
            hidden.id,
            "whatever",
        ]
        answers = [
            await (await stage.command("revise", {"prompt": "red", "image": link}, locale="en-US")).callback()
            for link in links
        ]

    assert [order.source for order in submitted] == [image.id]
    assert len({answer["data"]["content"] for answer in answers[1:]}) == 1
    assert "no such image" in answers[1]["data"]["content"]


async def test_blend_hands_its_images_over_as_an_act(tmp_path: Path, submitted) -> None:
    images = {f"image{number}": attachment(f"{number}.png", id=str(930 + number)) for number in (1, 2, 3)}
    async with staged(tmp_path) as stage:
        came = await stage.command("blend", {**images, "prompt": "title Zoo"})
        await came.callback()
        turn = await stage.session.app.chats.turn(f"discord:{came.id}")

    assert submitted[0].conversation.options.action == "blend"
    assert turn is not None
    assert [file.name for file in turn.attachments] == ["1.png", "2.png", "3.png"]


async def test_d23_the_revise_form_asks_about_somebodys_picture_with_words_and_more_files(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        modal = (await (await stage.menu("Revise this image", MESSAGE)).callback())["data"]
        more = attachment("more.png", id="930000000000000002")
        came = await stage.submit(modal, ["make it red", [more]])
        await came.callback()
        turn = await stage.session.app.chats.turn(f"discord:{came.id}")

    assert acknowledged(came) == [(5, 64)]
    assert turn is not None
    assert turn.text == "make it red"
    assert [file.name for file in turn.attachments] == ["cat.png", "more.png"]


async def test_d11_revise_this_image_is_about_our_generation_where_it_is_ours(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        app = stage.session.app
        image = await keep(app, "discord:i:1", tenant=TENANT, requester=BEN)
        async with app.chats.database.write() as connection:
            await open_post(connection, image.job, f"discord:{CHANNEL}")
        await app.chats.place_post(image.job, f"discord:{CHANNEL}", f"discord:{MESSAGE['id']}")
        modal = (await (await stage.menu("Revise this image", MESSAGE)).callback())["data"]
        came = await stage.submit(modal, ["make it red", []])
        await came.callback()
        turn = await app.chats.turn(f"discord:{came.id}")

    assert submitted[0].source == image.id
    assert submitted[0].conversation.options.action == "revise"
    assert turn is not None
    assert turn.attachments == ()


async def test_d11_use_as_reference_draws_something_new_with_the_messages_images(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        modal = (await (await stage.menu("Use as reference", MESSAGE)).callback())["data"]
        came = await stage.submit(modal, ["a poster with this cat", []])
        await came.callback()
        turn = await stage.session.app.chats.turn(f"discord:{came.id}")

    assert submitted[0].source is None
    assert submitted[0].conversation.options.action is None
    assert turn is not None
    assert [file.name for file in turn.attachments] == ["cat.png"]


async def test_revise_without_words_opens_the_form_about_the_threads_newest_image(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        opened = await (await stage.command("revise", {}, **IN_THREAD)).callback()
        await (await stage.submit(opened["data"], ["make it red", []], **IN_THREAD)).callback()

    assert opened["type"] == 9
    assert submitted[0].conversation.id == f"discord:{THREAD}"
    assert submitted[0].conversation.options.action == "revise"


async def test_d1_fifty_requests_at_once_are_all_acknowledged_and_none_twice(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        async with asyncio.timeout(20):
            came = [await stage.command("imagine", {"prompt": f"hat {number}"}) for number in range(50)]
            for one in came:
                await one.callback()
        jobs = await stage.session.app.records.unfinished_jobs()

    assert len(jobs) == 50
    assert {tuple(acknowledged(one)) for one in came} == {((5, 64),)}


async def test_what_is_made_of_a_private_image_is_private_too(tmp_path: Path, submitted) -> None:
    async with staged(tmp_path) as stage:
        image = await keep(stage.session.app, "discord:i:1", tenant=TENANT, requester=ME, private=True)
        came = await stage.command("revise", {"prompt": "make it red"})
        await came.callback()

    assert submitted[0].source == image.id
    assert submitted[0].conversation.options.private
    assert where(submitted[0]).ephemeral
    assert acknowledged(came) == [(5, 64)]
