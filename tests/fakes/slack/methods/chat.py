"""``chat.*``: posting, changing and deleting; blocks are looked at as far as the bot's images depend on it."""

from typing import Any

from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.methods.call import Call, Method
from tests.fakes.slack.model import Message, elements
from tests.fakes.slack.payloads import changed_event, message_event, message_json
from tests.fakes.slack.people import said, withdraw

JSON = dict[str, Any]
MOST_BLOCKS = 50
LONGEST_TEXT = 40_000
LONGEST_SECTION = 3000


def post_message(call: Call) -> JSON:
    """``chat.postMessage``."""
    call.needs("chat:write")
    channel = call.channel()
    if channel.archived:
        raise ApiError("is_archived")
    if call.team.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    thread = call.given("thread_ts")
    if thread is not None:
        root = call.message(channel, thread, "thread_not_found")
        thread = root.thread_ts or root.ts
    text, blocks = _content(call)
    message = said(
        call.world,
        channel,
        call.team.bot,
        text,
        thread_ts=thread,
        blocks=blocks,
        metadata=call.document("metadata"),
    )
    call.world.people.event(channel, message_event(message))
    return {"channel": channel.id, "ts": message.ts, "message": message_json(message)}


def update(call: Call) -> JSON:
    """``chat.update``."""
    call.needs("chat:write")
    channel = call.channel()
    message = call.message(channel, call.text("ts"))
    if message.author is not call.team.bot:
        raise ApiError("cant_update_message")
    if channel.archived:
        raise ApiError("is_inactive")
    before = message_json(message)
    text, blocks = _content(call)
    message.history.append(message.text)
    message.text, message.blocks = text, blocks
    if (metadata := call.document("metadata")) is not None:
        message.metadata = metadata
    message.edited = {"user": call.team.bot.id, "ts": call.world.ts()}
    call.world.people.event(channel, changed_event(message, before, call.world.ts()))
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": message_json(message)}


def delete(call: Call) -> JSON:
    """``chat.delete``."""
    call.needs("chat:write")
    channel = call.channel()
    message = call.message(channel, call.text("ts"))
    if message.author is not call.team.bot:
        raise ApiError("cant_delete_message")
    call.world.people.event(channel, withdraw(message, call.world.ts()))
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> JSON:
    """``chat.postEphemeral``."""
    call.needs("chat:write")
    channel = call.channel()
    user = call.text("user")
    if channel.archived:
        raise ApiError("is_archived")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    if call.team.bot.id not in channel.members:
        raise ApiError("not_in_channel")
    text, blocks = _content(call)
    ts = call.world.ts()
    call.world.ephemerals.append(
        {
            "channel": channel.id,
            "user": user,
            "text": text,
            "blocks": blocks,
            "thread_ts": call.given("thread_ts"),
            "ts": ts,
        }
    )
    return {"message_ts": ts}


def permalink(call: Call) -> JSON:
    """``chat.getPermalink``."""
    channel = call.channel()
    message = call.message(channel, call.text("message_ts"))
    digits = message.ts.replace(".", "")
    return {"channel": channel.id, "permalink": f"{call.world.base_url}/archives/{channel.id}/p{digits}"}


def _content(call: Call) -> tuple[str, list[JSON]]:
    text, blocks = call.given("text") or "", call.document("blocks") or []
    if len(text) > LONGEST_TEXT:
        raise ApiError("msg_too_long")
    if not text and not blocks:
        raise ApiError("no_text")
    check_blocks(call, blocks)
    return text, blocks


def check_blocks(call: Call, blocks: Any, most: int = MOST_BLOCKS) -> None:
    """Whether Slack would show them.

    Raises:
        ApiError: ``invalid_blocks``.
    """
    if not isinstance(blocks, list) or len(blocks) > most:
        raise ApiError("invalid_blocks")
    names: list[str] = []
    for block in blocks:
        if call.world.refuses_blocks(block):
            raise ApiError("invalid_blocks", errors=["unsupported block"])
        if block.get("type") == "image":
            _check_image(call, block)
        text = block.get("text")
        if block.get("type") == "section" and isinstance(text, dict) and not 0 < len(text["text"]) <= LONGEST_SECTION:
            raise ApiError("invalid_blocks", errors=["section text"])
        names += [each["action_id"] for each in elements(block)]
    if len(set(names)) != len(names):
        raise ApiError("invalid_blocks", errors=["action_id must be unique"])


def _check_image(call: Call, block: JSON) -> None:
    if not block.get("alt_text"):
        raise ApiError("invalid_blocks", errors=["alt_text"])
    reference = block.get("slack_file")
    if reference is None:
        return
    file = call.world.files.get(str(reference.get("id")))
    if file is None or file.deleted or file.team is not call.team:
        raise ApiError("invalid_blocks", errors=["slack_file not found"])
    if file.mimetype not in ("image/png", "image/jpeg", "image/gif"):
        raise ApiError("invalid_blocks", errors=["slack_file type"])
    if not file.processed:
        file.polls += 1
        raise ApiError("invalid_blocks", errors=["slack_file is still being processed"])


def shown_files(message: Message) -> list[str]:
    """Ids of the files in a message's image blocks."""
    return [str(block["slack_file"]["id"]) for block in message.images if "slack_file" in block]


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": permalink,
}
