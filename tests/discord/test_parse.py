"""What a message means is read from the message alone, whatever it says."""

import string
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.conversation import MAX_ATTACHMENTS, MAX_TEXT, Conversation, Turn
from bots.discord.parse import Heard, Thread, ask_from, hear, is_addressed, plain_text, thread_of
from bots.discord.where import where
from bots.order import Order
from storage.chats import RoomRecord
from tests.discord.offline import BOT, CHANNEL, GUILD, THREAD, USER, Client, user
from tests.storage.samples import WHEN

MESSAGE = 900000000000000009
OURS = {f"@{BOT}"}


@pytest.fixture
async def client() -> Client:
    return Client()


def payload(content: str = "hello", **more: Any) -> dict[str, Any]:
    member = {"roles": ["77"], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    return {
        "id": str(MESSAGE),
        "channel_id": str(CHANNEL),
        "guild_id": str(GUILD),
        "author": user(),
        "member": member,
        "content": content,
        "timestamp": "2026-11-23T09:30:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        **more,
    }


def read(client: Client, *, reads_content: bool = True, **more: Any) -> Heard:
    made: Any = payload(**more)
    channel: Any = client._connection._get_guild_channel(made)[0]
    return hear(discord.Message(state=client._connection, channel=channel, data=made), BOT, reads_content=reads_content)


def direct(client: Client, **more: Any) -> Heard:
    made: Any = {key: value for key, value in payload(**more).items() if key not in ("guild_id", "member")}
    channel: Any = client._connection._get_guild_channel(made)[0]
    return hear(discord.Message(state=client._connection, channel=channel, data=made), BOT, reads_content=False)


def file(name: str, media_type: str | None = "image/png", number: int = 1) -> dict[str, Any]:
    url = f"https://cdn.discordapp.com/attachments/1/{number}/{name}?ex=1&is=1&hm=1"
    made = {"id": str(number), "filename": name, "size": 10, "url": url, "proxy_url": url}
    return made if media_type is None else {**made, "content_type": media_type}


def replied(author: int = BOT, **more: Any) -> dict[str, Any]:
    reference = {"message_id": "5", "channel_id": str(CHANNEL), "guild_id": str(GUILD), **more}
    quoted = payload("earlier", id="5", author={**user(author), "bot": author == BOT})
    return {"type": 19, "message_reference": reference, "referenced_message": quoted}


async def test_d12_the_mention_of_the_bot_is_no_part_of_the_words_and_others_are_names(client: Client) -> None:
    ben = {**user(12), "username": "ben", "global_name": "Ben"}
    heard = read(client, content=f"<@{BOT}> draw <@12> and <@!12>  in <#{CHANNEL}>", mentions=[ben, user(BOT)])

    assert heard.text == "draw @Ben and @Ben in #general"
    assert heard.mentioned
    assert heard.tag == "en-US"
    assert heard.roles == (str(GUILD), "77")
    assert heard.channels == (str(CHANNEL),)


async def test_d12_a_channel_that_its_author_cannot_see_keeps_its_name(client: Client) -> None:
    hidden, private, seen = CHANNEL + 50, THREAD + 50, THREAD
    heard = read(client, content=f"a sign that says <#{hidden}> <#{private}> <#{seen}>")

    assert heard.text == "a sign that says #channel #channel #thread"


@pytest.mark.parametrize(
    "more",
    [
        {"author": {**user(), "bot": True}},
        {"webhook_id": "9"},
        {"type": 7},
        {"type": 18},
        {"type": 20},
        {"type": 23},
    ],
)
async def test_d12_bots_webhooks_and_what_discord_says_are_nobody(client: Client, more: dict[str, Any]) -> None:
    assert not read(client, **more).human
    assert read(client).human


async def test_d12_discord_s_own_announcements_in_direct_messages_are_nobody(client: Client) -> None:
    assert not direct(client, author={**user(13), "system": True}).human
    assert direct(client).human


async def test_d12_a_reply_names_what_it_replies_to_and_a_forwarded_message_is_none(client: Client) -> None:
    ours, theirs = read(client, **replied()), read(client, **replied(12))
    forwarded = read(
        client, **{**replied(), "type": 0, "message_reference": {**replied()["message_reference"], "type": 1}}
    )
    elsewhere = read(client, **replied(channel_id="1"))

    assert (ours.replied_to, ours.replies_to_us) == (5, True)
    assert (theirs.replied_to, theirs.replies_to_us) == (5, False)
    assert forwarded.replied_to is None
    assert elsewhere.replied_to is None


async def test_d12_without_the_intent_an_empty_message_in_a_server_is_hidden_and_never_in_direct_ones(
    client: Client,
) -> None:
    assert read(client, reads_content=False, content="").hidden
    assert not read(client, reads_content=True, content="").hidden
    assert not read(client, reads_content=False, content=f"<@{BOT}>").hidden
    assert not read(client, reads_content=False, content="", attachments=[file("a.png")]).hidden
    assert not direct(client, content="").hidden


async def test_d21_up_to_ten_files_that_may_be_images_are_kept_by_reference(client: Client) -> None:
    mixed = [file("a.png"), file("b.txt", "text/plain"), file("c", None), file("d.zip", None), file("e.JPG", None)]
    mixed += [file("f.webp", "application/octet-stream"), file("g.mp4", "video/mp4")]
    many = [file(f"{number}.png", number=number) for number in range(1, 15)]

    assert [one.name for one in read(client, attachments=mixed).files] == ["a.png", "c", "e.JPG", "f.webp"]
    assert len(read(client, attachments=many).files) == MAX_ATTACHMENTS


async def test_d12_direct_messages_belong_to_the_person_and_threads_to_themselves(client: Client) -> None:
    private, inside = direct(client), read(client, channel_id=str(THREAD))

    assert (private.tenant, private.lasting, private.direct) == (f"discord:user:{USER}", True, True)
    assert (inside.tenant, inside.lasting, inside.direct) == (f"discord:{GUILD}", True, False)
    assert inside.channels == (str(THREAD), str(CHANNEL))
    assert not inside.ours
    assert thread_of(private, None, None).conversation == f"discord:{CHANNEL}"
    assert thread_of(inside, None, None).conversation == f"discord:{THREAD}"
    assert thread_of(read(client), None, None).conversation == f"discord:{MESSAGE}"


def a_message(**more: Any) -> Heard:
    return Heard(message=MESSAGE, channel=CHANNEL, author=USER, name="ana", sent_at=WHEN, guild=GUILD, **more)


def test_d12_the_answer_that_is_replied_to_decides_before_the_room_and_the_room_before_the_place() -> None:
    room = RoomRecord(place="discord:2", conversation="discord:77", tenant="discord:1", owned=True, opened_at=WHEN)
    answer = Thread(conversation="discord:88", source="image", replied=True)

    assert thread_of(a_message(lasting=True), room, answer) is answer
    assert thread_of(a_message(lasting=True), room, None) == Thread(conversation="discord:77", owned=True)
    assert thread_of(a_message(lasting=True, ours=True), None, None).owned
    assert is_addressed(a_message(), answer)
    assert not is_addressed(a_message(), Thread(conversation="discord:77", owned=True))


@given(
    can_open=st.booleans(),
    wanted=st.booleans(),
    lasting=st.booleans(),
    replied=st.booleans(),
    text=st.text(max_size=50),
)
def test_d25_a_thread_is_opened_only_for_a_new_conversation_in_a_channel_where_the_bot_may(
    *, can_open: bool, wanted: bool, lasting: bool, replied: bool, text: str
) -> None:
    heard = a_message(can_open=can_open, lasting=lasting, text=text)
    answer = Thread(conversation="discord:88", replied=True) if replied else None
    ask = ask_from(heard, thread_of(heard, None, answer), opens_thread=wanted, fallback="en")
    turn = Turn(author=ask.author, text=ask.text)
    conversation = Conversation(id=ask.conversation, turns=(turn,))
    spot = where(Order(job=ask.job, conversation=conversation, requester=ask.requester, address=ask.address))

    assert spot.opens_thread is (can_open and wanted and not lasting and not replied)
    assert (spot.manner, spot.message, spot.channel, spot.user) == ("reply", MESSAGE, CHANNEL, USER)
    assert ask.job == f"discord:m:{MESSAGE}"


@given(st.text(max_size=200))
def test_words_without_mentions_stay_as_they_are_but_for_spaces_at_the_ends_of_lines(text: str) -> None:
    plain = plain_text(text.replace("<", ""), {}, OURS)

    assert "".join(plain.split()) == "".join(text.replace("<", "").split())


@given(st.text(alphabet=string.ascii_letters + "<@!&#>:0123456789 \n", max_size=300))
def test_d15_no_mention_of_discord_s_is_left_in_the_words(text: str) -> None:
    plain = plain_text(text, {"@1": "<@2>"[1:-1]}, OURS)

    assert len(plain) <= MAX_TEXT
    assert plain == plain.strip()
    assert f"<@{BOT}>" not in plain


@given(st.lists(st.sampled_from([f"<@{BOT}>", f"<@!{BOT}>", "draw", "a", "cat"]), min_size=1, max_size=20))
def test_d12_mentions_of_the_bot_vanish_wherever_they_stand(words: list[str]) -> None:
    kept = [word for word in words if not word.startswith("<")]

    assert plain_text(" ".join(words), {}, OURS) == " ".join(kept)


def test_emojis_of_a_server_are_their_names_and_long_texts_are_cut() -> None:
    assert plain_text("a <:cat:123456789012345678> and <a:dog:1>", {}, OURS) == "a :cat: and :dog:"
    assert len(plain_text("x" * (MAX_TEXT + 500), {}, OURS)) == MAX_TEXT
    assert plain_text("<@9> <@&8> <#7>", {}, OURS) == "@somebody @somebody #channel"
