"""/imagine: what it draws where, what it answers in words, and to whom."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bots.conversation import MAX_TEXT
from bots.slack.interactions.message_shortcuts import OF_MESSAGES
from bots.slack.manifest import manifest
from bots.slack.where import job_of_trigger, tenant_of, where
from tests.slack.pressing import Hands, hands_on


@pytest_asyncio.fixture
async def hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hands]:
    async with hands_on(tmp_path, monkeypatch) as made:
        yield made


async def test_a_command_is_one_job_in_its_channel(hands: Hands) -> None:
    asked = await hands.stage.ana.command(hands.stage.channel, "/imagine", "a cat, 512x512")
    at = where(hands.order)

    assert asked.response.get("text", "") == ""
    assert hands.order.job == hands.order.conversation.id == job_of_trigger(hands.stage.team.id, asked.trigger_id)
    assert (at.manner, at.channel) == ("channel", hands.stage.channel.id)
    assert (hands.turns[0].text, hands.turns[0].author) == ("a cat, 512x512", hands.order.requester)
    assert hands.order.conversation.newest.author == "ana"


async def test_s2_the_same_command_told_twice_is_one_job(hands: Hands) -> None:
    asked = await hands.stage.ana.command(hands.stage.channel, "/imagine", "a cat")
    await hands.stage.fake.delivery.deliver("slash_commands", asked.body)
    jobs = await hands.stage.app.records.unfinished_jobs_of(tenant=tenant_of(hands.stage.team.id))

    assert {order.job for order in hands.orders} == {job.id for job in jobs}
    assert len(jobs) == 1


async def test_in_direct_messages_the_answer_is_direct_and_private(hands: Hands) -> None:
    await hands.stage.ben.command(hands.stage.team.open_dm(hands.stage.ben), "/imagine", "a cat")

    assert where(hands.order).manner == "direct"
    assert hands.order.conversation.options.private
    assert hands.order.conversation.locale == "ko"


async def test_alone_it_opens_the_form(hands: Hands) -> None:
    asked = await hands.stage.ana.command(hands.stage.channel, "/imagine", "   ")
    view = await hands.opened(hands.stage.ana)

    assert asked.acknowledged_after is not None
    assert view.callback_id == "create_image"
    assert hands.orders == []


async def test_s1_a_form_that_slack_does_not_open_is_apologized_for(hands: Hands) -> None:
    hands.stage.fake.faults.add("refuse", "views.open", code="expired_trigger_id")
    asked = await hands.stage.ana.command(hands.stage.channel, "/imagine", "")

    assert asked.acknowledged_after is not None
    assert await hands.told(asked) == ["Slack did not open the form. Please try it again."]


async def test_what_is_too_long_is_refused_to_the_person_alone(hands: Hands) -> None:
    asked = await hands.stage.ana.command(hands.stage.channel, "/imagine", "x" * (MAX_TEXT + 1))

    assert asked.response["response_type"] == "ephemeral"
    assert "at most 8,000 characters" in asked.response["text"]
    assert hands.orders == []


async def test_what_breaks_is_apologized_for_with_a_number_that_the_log_gives_a_reason_for(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("somebody's words")

    monkeypatch.setattr(hands.stage.app.records, "gallery", broken)
    with capture_logs() as logged:
        asked = await hands.stage.ana.command(hands.stage.channel, "/imagine", "gallery")
        (words,) = await hands.told(asked)
    (failed,) = [line for line in logged if line["log_level"] == "error"]

    assert failed["reference"] in words
    assert (failed["event"], failed["error"]) == ("handler_failed", "RuntimeError")
    assert failed["at"].startswith("tests.slack.test_imagine:")
    assert "somebody's words" not in str(logged)


async def test_a_channel_that_the_admins_did_not_allow_is_refused_but_not_to_admins(hands: Hands) -> None:
    tenant = tenant_of(hands.stage.team.id)
    await hands.stage.app.chats.change_tenant(tenant, preferences={"channels": ["C0ELSEWHERE"]})
    refused = await hands.stage.ben.command(hands.stage.channel, "/imagine", "a cat")
    before = list(hands.orders)
    await hands.stage.ana.command(hands.stage.channel, "/imagine", "a cat")

    assert refused.response["response_type"] == "ephemeral"
    assert before == []
    assert len(hands.orders) == 1


@pytest.mark.parametrize("word", ["help", "HELP", "?", "도움말"])
async def test_s8_help_says_what_works_in_threads_where_commands_do_not(hands: Hands, word: str) -> None:
    asked = await hands.stage.ana.command(hands.stage.channel, "/imagine", word)
    (told,) = await hands.told(asked)
    shortcuts = {each["callback_id"]: each["name"] for each in manifest()["features"]["shortcuts"]}

    assert hands.orders == []
    assert "In threads: Slack has no slash commands there. Mention me instead" in told
    assert set(shortcuts) == {*OF_MESSAGES, "create_image"}
    assert [name for name in shortcuts.values() if name not in told] == []
    assert "**" not in told
    assert "*Hello, I am Threadbrush.*" in told


async def test_korean_help_is_korean_and_names_every_shortcut(hands: Hands) -> None:
    asked = await hands.stage.ben.command(hands.stage.channel, "/imagine", "help")
    (told,) = await hands.told(asked)

    assert "슬래시 명령을 쓸 수 없어요" in told
    assert [each["name"] for each in manifest()["features"]["shortcuts"] if each["name"] not in told] == []


async def test_usage_is_told_to_the_person_alone(hands: Hands) -> None:
    asked = await hands.stage.ana.command(hands.stage.channel, "/imagine", "usage")
    (told,) = await hands.told(asked)

    assert told.startswith("Images today (UTC): 0 yours, 0 in all.")
    assert asked.told[0]["response_type"] == "ephemeral"
    assert hands.stage.channel.messages == []


async def test_settings_are_for_admins(hands: Hands) -> None:
    admins = await hands.told(await hands.stage.ana.command(hands.stage.channel, "/imagine", "settings"))
    others = await hands.told(await hands.stage.ben.command(hands.stage.channel, "/imagine", "settings"))

    assert admins[0].splitlines()[0] == "Channels: all"
    assert "role" not in admins[0].lower()
    assert others == ["이 워크스페이스의 관리자만 설정을 볼 수 있어요."]


async def test_privacy_says_where_ones_data_can_be_had_and_deleted(hands: Hands) -> None:
    (told,) = await hands.told(await hands.stage.ana.command(hands.stage.channel, "/imagine", "privacy"))

    assert "export all of it or have it deleted" in told


async def test_the_gallery_shows_what_stands_in_this_channel_and_ones_own(hands: Hands) -> None:
    carl = hands.stage.team.add_user("carl")
    hidden = hands.stage.team.add_channel("hidden", private=True)
    await hands.shown(carl, 1, "a hat <!here>")
    await hands.shown(carl, 2, "a secret", channel=hidden)
    await hands.shown(carl, 3, "a whisper", private=True)
    await hands.shown(hands.stage.ben, 4, "my own", channel=hidden)
    (told,) = await hands.told(await hands.stage.ben.command(hands.stage.channel, "/imagine", "gallery"))

    assert "a hat &lt;!here&gt;" in told
    assert "my own" in told
    assert "secret" not in told
    assert "whisper" not in told
    assert f"/archives/{hands.stage.channel.id}/p" in told


async def test_a_word_among_others_is_a_prompt(hands: Hands) -> None:
    await hands.stage.ana.command(hands.stage.channel, "/imagine", "help desk")

    assert hands.turns[0].text == "help desk"
