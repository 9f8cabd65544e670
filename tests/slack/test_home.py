"""The home page: what it shows to whom."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bots.chat.usage import Usage
from bots.replies import say
from bots.slack.home import page as pages_
from bots.slack.home.page import CREATE, ERASE, EXPORT, MOST_IMAGES, REFRESH, SETTINGS
from bots.slack.home.publishing import Home
from generator.scene import Notice
from tests.slack.pages import JSON, Stage, actions, arguments, complaints, pages, texts
from tests.storage.samples import generation


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with pages(tmp_path) as made:
        yield made


def pictures(page: JSON) -> list[JSON]:
    return [block for block in page["blocks"] if block["type"] == "image"]


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
    await stage.press(stage.ana, REFRESH)

    assert "a new hat" in texts(await stage.settled())


def test_a_link_that_is_none_is_not_shown() -> None:
    sheet = pages_.Sheet(
        locale="en",
        usage=Usage(mine=1, all=2, limit=0, plan="free", waiting=0),
        images=(pages_.Shown(image=generation("job"), link="javascript:alert(1)|x>"),),
        tenant=None,
        engine="sketch",
    )
    assert "javascript" not in json.dumps(pages_.view(sheet))
