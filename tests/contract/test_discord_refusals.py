"""What Discord would refuse is complained of: each mistake has a test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.discord_loopback import INTERACTION_TOKEN, Heard
from tests.contract.discord_openapi import ABSENT, FOLDER, OpenApi
from tests.contract.discord_places import BOT, CALLBACK, COMMANDS, EDIT, MESSAGES, ORIGINAL
from tests.contract.discord_samples import run_programs

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)


@pytest.fixture(scope="module")
def openapi() -> OpenApi:
    return OpenApi.load()


@pytest.fixture(scope="module")
def asked() -> dict[str, list[Heard]]:
    """What discord.py asked over a socket, by the name of the program that made it ask."""
    return run_programs()


def button(**fields):
    made = {"type": 2, "style": 1, "label": "Vary", "custom_id": "tb1:vary:1"} | fields
    return {"components": [{"type": 1, "components": [made]}]}


@pytest.mark.parametrize(
    ("where", "body", "complaint"),
    [
        (MESSAGES, button(custom_id="x" * 101), "custom_id: 101 characters, at most 100"),
        (EDIT, button(custom_id="x" * 101), "custom_id: 101 characters, at most 100"),
        (ORIGINAL, button(custom_id="x" * 101), "custom_id: 101 characters, at most 100"),
        (CALLBACK, {"type": 4, "data": button(custom_id="x" * 101)}, "custom_id: 101 characters, at most 100"),
        (MESSAGES, button(label="x" * 81), "label: 81 characters, at most 80"),
        (MESSAGES, button(style=9), "style"),
        (MESSAGES, button(colour="red"), "unknown colour"),
        (MESSAGES, button(type=77), "type 77 is none of"),
        (MESSAGES, {"content": "x" * 2001}, "body.content: 2001 characters, at most 2000"),
        (ORIGINAL, {"content": "x" * 2001}, "body.content: 2001 characters, at most 2000"),
        (CALLBACK, {"type": 4, "data": {"content": "x" * 2001}}, "2001 characters, at most 2000"),
        (MESSAGES, {"content": 5}, 'body.content: 5 is not of types "null", "string"'),
        (MESSAGES, {"contents": "hi"}, "body: unknown contents"),
        (MESSAGES, {"content": "hi", "nonce": "x" * 26}, "nonce"),
        (MESSAGES, {"content": "hi", "embeds": [{}] * 11}, "embeds"),
        (MESSAGES, {"content": "hi", "components": [{"type": 1, "components": []}]}, "components"),
        (MESSAGES, {"content": "hi", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse[0]"),
        (MESSAGES, {"content": "hi", "attachments": [{"id": 0}]}, "0 names no file of this request"),
        (MESSAGES, {"attachments": [{"id": "9" * 19, "description": "x" * 1025}]}, "1025 characters, at most 1024"),
        (EDIT, {"content": "hi", "tts": True}, "body.tts"),
        (MESSAGES, [], "body"),
        (MESSAGES, None, "a body is required"),
        (CALLBACK, {"type": 44}, "an object of type 44 is none of 7 forms"),
        (CALLBACK, {"type": 8, "data": {"choices": [{"name": "a", "value": "a"}] * 26}}, "choices"),
        (
            CALLBACK,
            {"type": 9, "data": {"title": "x" * 46, "custom_id": "a", "components": []}},
            "title: 46 characters",
        ),
        (COMMANDS, {"name": "imagine", "description": "x" * 101}, "description: 101 characters, at most 100"),
        (COMMANDS, {"name": "imagine", "description": "x", "contexts": [7]}, "contexts"),
        (("POST", "/channels/1/threads"), {"name": "x" * 101, "type": 11}, "name: 101 characters, at most 100"),
    ],
)
def test_a_body_that_discord_would_refuse_is_complained_of(openapi, where, body, complaint):
    found = openapi.complaints(*where, None, BOT, body)

    assert any(complaint in each for each in found), found


def row(*components):
    return {"type": 1, "components": list(components)}


def words(text, **fields):
    return {"flags": 1 << 15, "components": [{"type": 10, "content": text}]} | fields


def gallery(*names, **fields):
    shown = [{"media": {"url": f"attachment://{name}"}} for name in names]
    return {"flags": 1 << 15, "components": [{"type": 12, "items": shown}]} | fields


FOX = {"id": 0, "filename": "fox.png"}
TWICE = {"type": 2, "style": 1, "label": "Vary", "custom_id": "tb1:vary:1"}


@pytest.mark.parametrize(
    ("where", "body", "complaint"),
    [
        (MESSAGES, {"components": [row(TWICE, TWICE)]}, "custom_id 'tb1:vary:1' is there 2 times"),
        (MESSAGES, words("hi", flags=0), "layout components without the flag IS_COMPONENTS_V2"),
        (CALLBACK, {"type": 4, "data": words("hi", flags=64)}, "layout components without the flag IS_COMPONENTS_V2"),
        (MESSAGES, words("hi", content="hi"), "content beside layout components"),
        (EDIT, words("hi", content="hi"), "content beside layout components"),
        (ORIGINAL, words("hi", embeds=[{"title": "hi"}]), "embeds beside layout components"),
        (MESSAGES, words("x" * 2001) | {"components": words("x" * 2001)["components"] * 2}, "4002 characters of text"),
        (MESSAGES, words("hi") | {"components": words("hi")["components"] * 40 + [row(TWICE)]}, "42 components"),
        (MESSAGES, gallery("fox.png"), "'fox.png' is shown but not attached"),
        (MESSAGES, gallery("fix.png", attachments=[FOX]), "'fix.png' is shown but not attached"),
        (EDIT, gallery("fix.png", attachments=[FOX]), "'fox.png' is attached but not shown"),
        (CALLBACK, {"type": 7, "data": gallery("fix.png", attachments=[FOX])}, "'fox.png' is attached but not shown"),
        (MESSAGES, {"embeds": [{"image": {"url": "attachment://fox.png"}}]}, "'fox.png' is shown but not attached"),
        (("POST", "/channels/1/threads"), {"name": "a", "message": words("a", flags=0)}, "layout components without"),
    ],
)
def test_d7_d16_d22_a_message_that_contradicts_itself_is_complained_of(openapi, where, body, complaint):
    found = openapi.complaints(*where, None, BOT, body)

    assert any(complaint in each for each in found), found


@pytest.mark.parametrize(
    ("where", "body"),
    [
        (EDIT, words("hi", flags=0)),  # the flag stays from before
        (EDIT, gallery("fox.png")),  # so does the file
        (EDIT, gallery("fox.png", attachments=[{"id": "1390000000000000008"}])),  # kept by its id: its name is not told
        (EDIT, words("hi", content=None, embeds=[])),
        (CALLBACK, {"type": 6}),
        (CALLBACK, {"type": 9, "data": {"title": "a", "custom_id": "b", "components": words("hi")["components"]}}),
    ],
)
def test_d22_what_may_be_left_out_of_an_edit_is_not_complained_of(openapi, where, body):
    assert openapi.complaints(*where, None, BOT, body) == []


@pytest.mark.parametrize(
    ("method", "path", "query", "complaint"),
    [
        ("GET", "/channels/123/messages", {"limit": "101"}, "limit: 101 is greater than the maximum of 100"),
        ("GET", "/channels/123/messages", {"limit": "many"}, "limit"),
        ("GET", "/channels/123/messages", {"limit": "1" * 5000}, "limit"),
        ("GET", "/channels/123/messages?limit=0", None, "limit: 0 is less than the minimum of 1"),
        ("GET", "/channels/123/messages", "limit=5&limit=6", "limit: given 2 times"),
        ("GET", "/channels/123/messages", {"beefore": "5"}, "beefore: no such query parameter"),
        ("GET", "/channels/123/messages", {"before": "yesterday"}, "before"),
        ("GET", "/channels/here/messages", None, "channel_id"),
        ("GET", "/channels/123/messages/@original", None, "message_id"),
        ("GET", "/applications/1/commands", {"with_localizations": "maybe"}, "with_localizations"),
        ("PUT", "/channels/123/messages", None, "no such method"),
        ("GET", "/channels/123/pictures", None, "no such path"),
        ("GET", "/channels//messages", None, "no such path"),
        ("GET", "/api/v9/channels/123/messages", None, "no such path"),
        ("GET", "/", None, "no such path"),
    ],
)
def test_a_place_that_discord_does_not_have_is_complained_of(openapi, method, path, query, complaint):
    found = openapi.complaints(method, path, query, BOT)

    assert any(complaint in each for each in found), found


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer a.b.c"}, {"authorization": "a.b.c"}])
def test_a_request_without_the_bots_token_is_complained_of_and_the_token_is_not_told(openapi, headers):
    found = openapi.complaints(*MESSAGES, None, headers, {"content": "hi"})

    assert len(found) == 1
    assert "Authorization" in found[0]
    assert "a.b.c" not in found[0]


@pytest.mark.parametrize(("where", "body"), [(CALLBACK, {"type": 5}), (ORIGINAL, {"content": "hi"})])
def test_answers_to_an_interaction_need_no_authorization(openapi, where, body):
    assert openapi.complaints(*where, None, {"Content-Type": "application/json"}, body) == []


def test_complaints_do_not_tell_the_token_of_an_interaction(openapi, asked):
    heard = [each for group in asked.values() for each in group if INTERACTION_TOKEN in each.path]
    told = [
        complaint
        for each in heard
        for path in (each.path, each.path + "/more")
        for complaint in openapi.complaints("PUT", path, {"x": "y"}, each.headers, each.json, each.files)
    ]

    assert told
    assert [complaint for complaint in told if INTERACTION_TOKEN in complaint] == []


@pytest.mark.parametrize(
    ("kind", "files", "complaint"),
    [
        ("multipart/form-data; boundary=x", ["files[10]"], "files[10]: no such part of a form"),
        ("multipart/form-data; boundary=x", ["file"], "file: no such part of a form"),
        ("application/json", ["files[0]"], "files in a body of type 'application/json'"),
        ("text/plain", [], "a body of type 'text/plain' is not described"),
    ],
)
def test_a_body_of_another_kind_is_complained_of(openapi, kind, files, complaint):
    found = openapi.complaints(*MESSAGES, None, BOT | {"Content-Type": kind}, {"content": "hi"}, files)

    assert any(complaint in each for each in found), found


def test_a_body_where_none_belongs_is_complained_of(openapi):
    found = openapi.complaints("GET", "/channels/123", None, BOT, {"content": "hi"})

    assert found == ["GET /channels/{channel_id}: a body of type 'application/json' is not described"]


def test_the_most_specific_path_is_meant(openapi):
    assert openapi.name("PATCH", "/webhooks/1/t/messages/@original").endswith("/messages/@original")
    assert openapi.name("GET", "/users/@me") == "GET /users/@me"
    assert openapi.name("get", "/api/v10/users/%40me") == "GET /users/@me"
    assert openapi.name("GET", "/users/1") == "GET /users/{user_id}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "data", "id", "attachments", "components", "content"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
PLACES = st.sampled_from([MESSAGES, EDIT, CALLBACK, ORIGINAL, COMMANDS]) | st.tuples(st.text(max_size=6), st.text())


@given(
    where=PLACES,
    query=st.dictionaries(st.text(max_size=5), st.text()),
    body=JSON,
    files=st.lists(st.text(), max_size=2),
)
def test_no_request_breaks_the_judge(where, query, body, files):
    method, path = where
    found = OpenApi.load().complaints(method, path, query, BOT, body, files)

    assert all(isinstance(each, str) for each in found)
