"""What is read from an interaction before it is acknowledged: place, person, rights, links, suggestions."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.desk import Desk
from bots.chat.wishes import read_options
from bots.discord.commands import autocomplete
from bots.discord.commands.answering import fitted, mention, plain
from bots.discord.commands.people import channels_of, is_admin, own_locale, roles_of, tenant_of, viewer_of
from bots.discord.commands.places import Link, can_read, channel_of, link_in
from bots.discord.commands.standing import can_post, is_in_conversation, is_root, where
from bots.flags import Flags
from generator.scene import Notice
from tests.discord import offline
from tests.discord.offline import CHANNEL, GUILD, THREAD, USER, Client, direct, interaction


def rights(**more: bool) -> int:
    return discord.Permissions(**more).value


async def test_d12_where_the_bot_is_in_the_channel_the_answer_is_a_regular_message() -> None:
    found = where(interaction(Client()), now=5.0, private=False, opens_thread=True)

    assert (found.manner, found.ephemeral, found.opens_thread) == ("channel", False, True)
    assert (found.user, found.guild, found.channel, found.asked_at) == (USER, GUILD, CHANNEL, 5.0)
    assert (found.interaction, found.application, found.token) == (900000000000000001, offline.BOT, "secret")


async def test_a_private_request_is_answered_to_the_person_only() -> None:
    found = where(interaction(Client()), now=0, private=True, opens_thread=True)

    assert (found.manner, found.ephemeral, found.opens_thread) == ("private", True, False)


@pytest.mark.parametrize("missing", ["view_channel", "send_messages", "attach_files"])
async def test_d25_where_the_bot_may_not_post_it_answers_through_the_interaction(missing) -> None:
    allowed = discord.Permissions.all()
    allowed.update(**{missing: False})
    found = interaction(Client(), app_permissions=allowed.value)

    assert not can_post(found)
    answer = where(found, now=0, private=False, opens_thread=True)
    assert (answer.manner, answer.ephemeral, answer.opens_thread) == ("private", False, False)


async def test_d25_in_a_thread_the_right_to_send_in_threads_counts() -> None:
    in_thread = {"channel": offline.thread()}
    common = {"view_channel": True, "attach_files": True}

    assert can_post(interaction(Client(), **in_thread, app_permissions=rights(**common, send_messages_in_threads=True)))
    assert not can_post(interaction(Client(), **in_thread, app_permissions=rights(**common, send_messages=True)))


async def test_a_thread_is_a_conversation_and_a_channels_root_opens_one() -> None:
    root, inside = interaction(Client()), interaction(Client(), channel=offline.thread())

    assert (is_root(root), is_in_conversation(root)) == (True, False)
    assert (is_root(inside), is_in_conversation(inside)) == (False, True)
    assert not where(inside, now=0, private=False, opens_thread=True).opens_thread


async def test_d9_a_person_who_installed_the_bot_is_their_own_tenant() -> None:
    owners = {"1": str(USER)}
    elsewhere = interaction(Client(member=False), authorizing_integration_owners=owners)

    assert tenant_of(elsewhere) == f"discord:user:{USER}"
    assert not can_post(elsewhere)
    assert tenant_of(interaction(Client())) == f"discord:{GUILD}"


async def test_d9_direct_messages_with_the_bot_are_a_conversation_and_other_peoples_are_not() -> None:
    client = Client()

    assert is_in_conversation(direct(client))
    assert tenant_of(direct(client)) == f"discord:user:{USER}"
    assert where(direct(client), now=0, private=False, opens_thread=True).manner == "channel"
    assert where(direct(client, context=2), now=0, private=False, opens_thread=True).manner == "private"


async def test_d9_who_manages_the_server_is_told_by_discord_at_every_use() -> None:
    owners = {"1": str(USER)}
    powerful = rights(manage_guild=True)

    assert is_admin(interaction(Client(), permissions=powerful))
    assert is_admin(interaction(Client(), permissions=rights(administrator=True)))
    assert not is_admin(interaction(Client(), permissions=rights(manage_messages=True)))
    elsewhere = interaction(Client(member=False), permissions=powerful, authorizing_integration_owners=owners)
    assert not is_admin(elsewhere)
    assert not viewer_of(elsewhere).admin


async def test_d10_a_private_answer_is_in_the_persons_language() -> None:
    assert own_locale(interaction(Client())) == "ko"
    assert own_locale(interaction(Client(), locale="fr")) == "en"


async def test_a_thread_counts_as_its_channel_and_a_member_has_their_roles() -> None:
    found = interaction(Client(), channel=offline.thread())

    assert channels_of(found) == (str(THREAD), str(CHANNEL))
    assert "77" in roles_of(found)
    assert roles_of(direct(Client())) == ()


async def test_a_person_reads_what_discord_lets_them_read() -> None:
    here = interaction(Client(), channel=offline.thread())

    assert await can_read(here, THREAD)
    assert await can_read(here, CHANNEL)
    assert not await can_read(here, CHANNEL + 50)  # a channel that is hidden from everyone
    assert not await can_read(here, THREAD + 50)  # somebody else's private thread
    assert not await can_read(direct(Client()), CHANNEL + 1)


def test_a_message_link_is_read_exactly() -> None:
    link = f"https://discord.com/channels/{GUILD}/{CHANNEL}/{THREAD}"

    expected = Link(guild=GUILD, channel=CHANNEL, message=THREAD)
    assert link_in(f" <{link}> ") == expected
    assert link_in(link.replace("discord.com", "ptb.discord.com")) == expected
    assert link_in(link.replace(str(GUILD), "@me")) == Link(guild=None, channel=CHANNEL, message=THREAD)
    for wrong in (link.replace("discord.com", "discord.com.evil.example"), f"{link}/1", f"see {link}", link[:-8]):
        assert link_in(wrong) is None


@given(st.text(max_size=400))
def test_whatever_is_typed_is_no_link_or_a_whole_one(text: str) -> None:
    found = link_in(text)

    assert found is None or str(found.message) in text


@given(st.text(max_size=60))
def test_a_place_is_read_or_is_none(text: str) -> None:
    found = channel_of(text)

    assert found is None or text == f"discord:{text.split(':')[1]}"


@given(st.text(max_size=120), st.lists(st.tuples(st.text(max_size=300), st.text(max_size=200)), max_size=60))
def test_d5_suggestions_are_at_most_25_of_at_most_100_characters_each(typed, named) -> None:
    found = autocomplete.suggest(typed, named)

    assert len(found) <= 25
    assert all(1 <= len(one.name) <= 100 and 1 <= len(str(one.value)) <= 100 for one in found)


def test_d5_a_suggestion_is_never_a_part_of_what_it_stands_for() -> None:
    assert autocomplete.suggest("", [("long", "x" * 101), ("short", "x" * 100)])[0].name == "short"


async def test_d5_styles_and_sizes_are_suggested_in_the_persons_language() -> None:
    here = interaction(Client())

    assert {one.value for one in await autocomplete.styles(here, "")} >= {"flat", "poster"}
    assert [one.value for one in await autocomplete.styles(here, "포스")] == ["poster"]
    assert [one.value for one in await autocomplete.sizes(here, "16:9")] == ["16:9"]
    assert [one.value for one in await autocomplete.backgrounds(here, "투명")] == ["transparent"]


class Records:
    """Answers late once it is told to."""

    def __init__(self) -> None:
        self.late = False

    async def recent_prompts(self, requester: str, prefix: str, **more: Any) -> tuple[str, ...]:
        del prefix, more
        if self.late:
            await asyncio.Event().wait()
        return (f"a hat for {requester}",)


async def test_d5_late_records_are_not_waited_for_and_the_last_suggestions_shown() -> None:
    records = Records()
    recent = autocomplete.Recent(cast("Desk", SimpleNamespace(app=SimpleNamespace(records=records))), budget=0.05)
    here = interaction(Client())
    prompt = f"a hat for discord:{USER}"

    assert [one.value for one in await recent.prompts(here, "HAT")] == [prompt]
    records.late = True
    assert [one.value for one in await recent.prompts(here, "")] == [prompt]
    somebody_else = direct(Client())
    assert await recent.prompts(somebody_else, "") == []


@given(st.lists(st.text(max_size=1500), max_size=6))
def test_d16_an_answer_fits_a_message_and_says_when_it_was_cut(prompts) -> None:
    lines = [Notice(key="provenance-prompt", args={"prompt": prompt}) for prompt in prompts]
    text = fitted(lines, "en")

    assert len(text) <= 2000
    assert "left out" in text or all(f"Request: {prompt}".strip() in text for prompt in prompts)


def test_d15_somebodys_words_have_no_effect() -> None:
    text = plain(f"@everyone <@{GUILD}> **bold** https://example.com")

    assert "@everyone" not in text
    assert f"<@{GUILD}>" not in text
    assert "**bold**" not in text
    assert "https://" not in text
    assert mention("discord:12") == "<@12>"
    assert mention("erased") == "?"


def test_options_are_read_like_words_and_refused_by_the_name_the_person_sees() -> None:
    read = read_options(Flags(size="3:2", background="#ffeecc", style="poster", count=3, seed=7), "en")
    assert not isinstance(read, Notice)
    assert (read.background, read.style, read.count, read.seed) == ("#ffeecc", "poster", 3, 7)

    refused = read_options(Flags(size="nonsense"), "ko")
    assert isinstance(refused, Notice)
    assert refused.args["flag"] == "크기"
