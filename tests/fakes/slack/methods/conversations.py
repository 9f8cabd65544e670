"""``conversations.*``: reading channels and threads."""

from typing import Any

from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.methods.call import Call, Method
from tests.fakes.slack.model import Message
from tests.fakes.slack.payloads import message_json

JSON = dict[str, Any]


def replies(call: Call) -> JSON:
    """``conversations.replies``: a thread, its first message at the head of every page."""
    channel = call.channel()
    call.history_scope(channel)
    root = call.message(channel, call.text("ts"), "thread_not_found")
    root = call.message(channel, root.thread_ts or root.ts, "thread_not_found")
    return _page(call, [root, *root.replies], newest_first=False)


def history(call: Call) -> JSON:
    """``conversations.history``: what is no reply, newest first."""
    channel = call.channel()
    call.history_scope(channel)
    return _page(call, channel.roots[::-1], newest_first=True)


def _page(call: Call, messages: list[Message], *, newest_first: bool) -> JSON:
    oldest, latest = call.given("oldest"), call.given("latest")
    inclusive = call.flag("inclusive")
    if oldest is not None:
        messages = [each for each in messages if each.ts > oldest or (inclusive and each.ts == oldest)]
    if latest is not None:
        messages = [each for each in messages if each.ts < latest or (inclusive and each.ts == latest)]
    limit = min(call.number("limit", 100 if newest_first else 1000), 1000)
    start = int(call.given("cursor") or 0)
    page = messages[start : start + limit]
    more = start + limit < len(messages)
    metadata = call.flag("include_all_metadata")
    return {
        "messages": [message_json(each, metadata=metadata) for each in page],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def open_(call: Call) -> JSON:
    """``conversations.open``."""
    call.needs("im:write")
    users = call.text("users").split(",")
    if len(users) != 1 or users[0] not in call.team.users:
        raise ApiError("user_not_found")
    return {"channel": {"id": call.team.open_dm(call.team.users[users[0]]).id}}


METHODS: dict[str, Method] = {
    "conversations.replies": replies,
    "conversations.history": history,
    "conversations.open": open_,
}
