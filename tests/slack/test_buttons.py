"""Buttons as people press and abuse them: whose they are, what they ask for, and what Delete leaves behind."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.cards import Verb
from bots.slack.interactions import answering, callers
from bots.slack.interactions.answering import LONGEST_FALLBACK, LONGEST_SECTION, MOST_SECTIONS
from bots.slack.interactions.buttons import LONGEST_TARGET, read_press
from bots.slack.layout import FEEDBACK, escaped
from bots.slack.people import Person
from bots.slack.where import job_of_trigger, job_of_view, message_key, requester_of, tenant_of, where
from bots.slack.workspaces import Workspace
from tests.chat.images import keep
from tests.slack.pressing import TEAM_ELSEWHERE, Hands, hands_on

NOBODYS = "00000000-0000-5000-8000-000000000000"
BUTTONS = ("vary", "revise", "retry", "upscale", "details", "delete", "cancel")
NOT_THEIRS = "You cannot use that image here."


@pytest_asyncio.fixture
async def hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hands]:
    async with hands_on(tmp_path, monkeypatch) as made:
        yield made


@given(name=st.text() | st.sampled_from([f"tb1:{verb}" for verb in get_args(Verb)]), value=st.text() | st.none())
def test_whatever_an_action_says_it_is_a_verb_of_ours_or_nothing(name: str, value: str | None) -> None:
    verb, target = read_press({"action_id": name, "value": value})

    assert verb is None or name.split(":")[:2] == ["tb1", verb]
    assert len(target) <= LONGEST_TARGET


@given(lines=st.lists(st.text(min_size=1, max_size=4000).map(escaped), max_size=30))
def test_s17_what_one_person_is_told_always_fits(lines: list[str]) -> None:
    told = answering.message(lines)

    assert 0 < len(told["text"]) <= LONGEST_FALLBACK
    assert len(told["blocks"]) <= MOST_SECTIONS
    assert all(0 < len(block["text"]["text"]) <= LONGEST_SECTION for block in told["blocks"])


@given(words=st.text(alphabet="<>&a", max_size=50), longest=st.integers(1, 50))
def test_s20_what_is_cut_stays_escaped(words: str, longest: int) -> None:
    left = answering.cut(escaped(words), longest)

    assert len(left) <= longest
    assert not {"<", ">"} & set(left)
    assert "&" not in left.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


@pytest.mark.parametrize(
    ("url", "slacks"),
    [
        ("https://hooks.slack.com/actions/T1/2/3", True),
        ("https://hooks.slack-gov.com/actions/T1/2/3", True),
        ("http://127.0.0.1:8080/response/1", True),
        ("http://127.0.0.1:8081/response/1", False),
        ("http://hooks.slack.com/actions/T1", False),
        ("https://hooks.slack.com.example.com/actions", False),
        ("https://example.com/hooks.slack.com", False),
        ("https://hooks.slack.com@example.com/", False),
        ("https://me:secret@hooks.slack.com/", False),
        ("https://hooks.slack.com:8443/", False),
        ("https://evilslack.com/", False),
        ("https://[", False),
        ("https://hooks.slack.com:99999/", False),
    ],
)
def test_s16_what_one_person_is_told_goes_to_slack_only(url: str, slacks: bool) -> None:  # noqa: FBT001 - a parameter
    assert answering.is_slack(url, "http://127.0.0.1:8080/api/") == slacks


@pytest.mark.parametrize("verb", ["vary", "retry"])
async def test_s7_a_button_draws_into_the_thread_of_its_message(hands: Hands, verb: str) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    pressed = await hands.stage.ben.click(shown.message, verb)
    at = where(hands.order)

    assert pressed.acknowledged_after is not None
    assert (at.manner, at.thread, at.message) == ("thread", shown.message.thread_ts, shown.message.ts)
    assert hands.order.job == job_of_trigger(hands.stage.team.id, pressed.trigger_id)
    assert hands.order.source == shown.image.id
    assert hands.order.conversation.options.action == verb
    assert hands.order.conversation.id == message_key(at.team, at.channel, at.thread or "")
    assert hands.order.requester == requester_of(hands.stage.team.id, hands.stage.ben.id)


async def test_s7_an_answer_in_the_channel_is_the_beginning_of_its_thread(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    shown.message.thread_ts = None
    await hands.stage.ana.click(shown.message, "vary")

    assert where(hands.order).thread == shown.message.ts


async def test_s2_the_same_press_told_twice_is_one_job(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    pressed = await hands.stage.ana.click(shown.message, "vary")
    await hands.stage.fake.delivery.deliver("interactive", pressed.body)
    jobs = await hands.stage.app.records.unfinished_jobs_of(tenant=tenant_of(hands.stage.team.id))

    assert {order.job for order in hands.orders} == {jobs[0].id}
    assert len(jobs) == 1


@pytest.mark.parametrize("verb", ["vary", "revise", "details", "delete"])
async def test_an_image_of_another_workspace_is_out_of_reach_of_a_forged_button(hands: Hands, verb: str) -> None:
    theirs = await keep(hands.stage.app, "slack:m:9", tenant=TEAM_ELSEWHERE, requester=f"{TEAM_ELSEWHERE}:U1")
    shown = await hands.shown(hands.stage.ana, 1)
    pressed = await hands.stage.ana.click(shown.message, verb, value=theirs.id)

    assert await hands.told(pressed) == [NOT_THEIRS]
    assert await hands.stage.app.records.generation(theirs.id) == theirs
    assert hands.orders == []


async def test_an_image_of_another_channel_is_out_of_reach_except_for_admins_and_its_requester(hands: Hands) -> None:
    carl = hands.stage.team.add_user("carl")
    hidden = await hands.shown(carl, 1, channel=hands.stage.team.add_channel("hidden", private=True))
    here = await hands.shown(hands.stage.ana, 2)
    forged = [await each.click(here.message, "details", value=hidden.image.id) for each in (hands.stage.ben, carl)]
    admins = await hands.stage.ana.click(here.message, "details", value=hidden.image.id)

    assert await hands.told(forged[0]) == ["여기서는 그 그림을 쓸 수 없어요."]
    assert hidden.image.id in (await hands.told(forged[1]))[0]
    assert hidden.image.id in (await hands.told(admins))[0]


@pytest.mark.parametrize(
    ("verb", "value", "words"),
    [
        ("vary", NOBODYS, "That image is not there any more."),
        ("delete", "'; drop table jobs", "That image is not there any more."),
        ("details", "x" * 2000, "That image is not there any more."),
    ],
)
async def test_an_unknown_id_is_answered_politely(hands: Hands, verb: str, value: str, words: str) -> None:
    shown = await hands.shown(hands.stage.ana, 1)

    assert await hands.told(await hands.stage.ana.click(shown.message, verb, value=value)) == [words]


async def test_a_button_answers_in_the_language_of_who_presses_it(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    thanked = await hands.stage.ben.act(shown.message, FEEDBACK, value=f"like:{shown.image.id}")

    assert await hands.told(thanked) == ["고마워요. 마음에 드신다고 적어 뒀어요."]


@pytest.mark.parametrize(("verb", "score"), [("like", 1), ("dislike", -1)])
async def test_an_opinion_is_noted_once(hands: Hands, verb: str, score: int) -> None:
    shown, ana = await hands.shown(hands.stage.ana, 1), hands.stage.ana
    for _ in range(2):
        await ana.act(shown.message, FEEDBACK, value=f"{verb}:{shown.image.id}")
    opinions = await hands.stage.app.chats.feedback_of(shown.image.id)

    assert opinions == {requester_of(hands.stage.team.id, ana.id): score}


async def test_s1_a_button_is_acknowledged_although_slack_does_not_say_who_presses(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    hands.stage.fake.faults.add("error", "users.info", times=None)
    pressed = await hands.stage.ben.click(shown.message, "vary")

    assert pressed.acknowledged_after is not None
    assert hands.order.source == shown.image.id


async def test_s1_a_button_is_acknowledged_in_time_although_slack_takes_long_to_say_who_presses(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await hands.shown(hands.stage.ana, 1)

    async def never(workspace: Workspace, user: str) -> Person:
        await asyncio.Event().wait()
        raise AssertionError((workspace, user))

    monkeypatch.setattr(callers, "person_of", never)
    pressed = await hands.stage.ben.click(shown.message, "vary")

    assert pressed.acknowledged_after is not None
    assert pressed.acknowledged_after < 2.0
    assert hands.order.conversation.newest.author == "ben"


async def test_s20_details_are_told_beside_the_message_and_mention_nobody(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1, "a hat <!channel> & <@U123>")
    pressed = await hands.stage.ana.click(shown.message, "details")
    (told,) = await hands.told(pressed)
    (beside,) = hands.stage.fake.ephemerals

    assert "a hat &lt;!channel&gt; &amp; &lt;@U123&gt;" in told
    assert beside["thread_ts"] == shown.message.thread_ts
    assert "*" in beside["blocks"][0]["text"]["text"]
    assert "**" not in beside["blocks"][0]["text"]["text"]


async def test_where_the_bot_is_not_people_are_told_by_the_address_of_the_interaction(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    hands.stage.channel.members.discard(hands.stage.team.bot.id)
    pressed = await hands.stage.ana.click(shown.message, "details")
    await hands.told(pressed)

    assert [each["response_type"] for each in pressed.told] == ["ephemeral"]
    assert hands.stage.fake.ephemerals == []


async def test_delete_takes_the_image_its_message_and_its_file_away(hands: Hands) -> None:
    shown, other = await hands.shown(hands.stage.ana, 1), await hands.shown(hands.stage.ana, 2)
    files = await hands.stage.app.chats.files_of(shown.image.id)
    pressed = await hands.stage.ana.click(shown.message, "delete")

    assert await hands.told(pressed) == ["Deleted."]
    assert await hands.stage.app.records.generation(shown.image.id) is None
    assert shown.message.deleted
    assert not other.message.deleted
    assert [hands.stage.fake.world.files[file.key.rpartition(":")[2]].deleted for file in files] == [True]


async def test_deleting_twice_is_answered_politely(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    first = await hands.stage.ana.click(shown.message, "delete")
    await hands.told(first)
    again = await hands.stage.ana.click(shown.message, "delete")

    assert "That image is not there any more." in await hands.told(again)


async def test_delete_says_so_when_slack_does_not_delete_the_message(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    hands.stage.fake.faults.add("error", "chat.delete", times=None)
    pressed = await hands.stage.ana.click(shown.message, "delete")

    assert (await hands.told(pressed))[0].startswith("The image is removed from my records, but I may not have reached")
    assert await hands.stage.app.records.generation(shown.image.id) is None


async def test_only_the_requester_and_admins_delete(hands: Hands) -> None:
    carl = hands.stage.team.add_user("carl")
    shown = await hands.shown(carl, 1)
    refused = await hands.stage.ben.click(shown.message, "delete")
    words = await hands.told(refused)
    stands = await hands.stage.app.records.generation(shown.image.id)
    deleted = await hands.stage.ana.click(shown.message, "delete")

    assert words == ["요청한 사람이나 이곳의 메시지를 관리하는 사람만 지울 수 있어요."]
    assert stands == shown.image
    assert await hands.told(deleted) == ["Deleted."]


async def test_cancel_stops_a_job_for_its_requester_and_for_admins_only(hands: Hands) -> None:
    shown, carl = await hands.shown(hands.stage.ana, 1), hands.stage.team.add_user("carl")
    asked = await carl.click(shown.message, "vary")
    job = job_of_trigger(hands.stage.team.id, asked.trigger_id)
    shown.message.blocks = [
        {"type": "actions", "elements": [{"type": "button", "action_id": "tb1:cancel", "value": job}]}
    ]
    strangers = await hands.told(await hands.stage.ben.click(shown.message, "cancel"))
    before = await hands.stage.app.records.job(job)
    admins = await hands.told(await hands.stage.ana.click(shown.message, "cancel"))
    after = await hands.stage.app.records.job(job)
    again = await hands.told(await carl.click(shown.message, "cancel"))

    assert strangers == ["요청한 사람이나 이곳의 메시지를 관리하는 사람만 멈출 수 있어요."]
    assert before is not None
    assert before.status != "done"
    assert admins == ["Stopped."]
    assert after is not None
    assert after.outcome == "cancelled"
    assert again == ["That was finished already."]


async def test_a_job_of_another_workspace_cannot_be_cancelled(hands: Hands) -> None:
    app, shown = hands.stage.app, await hands.shown(hands.stage.ana, 1)
    await app.records.open_job("slack:m:9", tenant=TEAM_ELSEWHERE, conversation="c", requester=f"{TEAM_ELSEWHERE}:U1")
    shown.message.blocks = [
        {"type": "actions", "elements": [{"type": "button", "action_id": "tb1:cancel", "value": "slack:m:9"}]}
    ]
    told = await hands.told(await hands.stage.ana.click(shown.message, "cancel"))
    job = await app.records.job("slack:m:9")

    assert told == ["That was finished already."]
    assert job is not None
    assert job.status == "waiting"


async def test_revise_opens_a_form_whose_words_change_the_image_in_its_thread(hands: Hands) -> None:
    shown, ana = await hands.shown(hands.stage.ana, 1), hands.stage.ana
    pressed = await ana.click(shown.message, "revise")
    view = await hands.opened(ana)
    await ana.submit(view, {"prompt": "make it blue"})
    at = where(hands.order)

    assert pressed.acknowledged_after is not None
    assert not view.open
    assert hands.order.job == job_of_view(hands.stage.team.id, view.id)
    assert (hands.order.source, hands.order.conversation.options.action) == (shown.image.id, "revise")
    assert (at.manner, at.thread) == ("thread", shown.message.thread_ts)
    assert [turn.text for turn in hands.turns] == ["make it blue"]


async def test_a_form_that_is_sent_twice_is_one_job(hands: Hands) -> None:
    shown, ana = await hands.shown(hands.stage.ana, 1), hands.stage.ana
    await ana.click(shown.message, "revise")
    view = await hands.opened(ana)
    await asyncio.gather(*(ana.submit(view, {"prompt": "make it blue"}) for _ in range(3)))
    jobs = await hands.stage.app.records.unfinished_jobs_of(tenant=tenant_of(hands.stage.team.id))

    assert [job.id for job in jobs] == [job_of_view(hands.stage.team.id, view.id)]


async def test_an_image_that_went_while_its_form_was_open_is_said_in_the_form(hands: Hands) -> None:
    shown, ana = await hands.shown(hands.stage.ana, 1), hands.stage.ana
    await ana.click(shown.message, "revise")
    view = await hands.opened(ana)
    await hands.stage.app.records.remove(shown.image.id, "deleted", hands.stage.app.blobs)
    await ana.submit(view, {"prompt": "make it blue"})

    assert view.open
    assert view.errors == {"prompt": "That image is not there any more."}
    assert hands.orders == []


async def test_what_is_made_of_a_private_image_goes_to_its_requester_alone(hands: Hands) -> None:
    mine = await hands.shown(hands.stage.ana, 1, private=True)
    await hands.stage.ana.click(mine.message, "vary")

    assert where(hands.order).manner == "direct"
    assert hands.order.conversation.options.private
    assert hands.order.conversation.id == hands.order.job


async def test_the_button_of_the_home_page_opens_the_form_for_a_new_image(hands: Hands) -> None:
    await hands.stage.home(hands.stage.ana)
    home = hands.stage.fake.world.homes[hands.stage.ana.id]
    await hands.stage.ana.act(home, "tb1:create")

    assert (await hands.opened(hands.stage.ana)).callback_id == "create_image"
