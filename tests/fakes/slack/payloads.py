"""What Slack's wires carry: messages, files, events, interactions; the keys are those of recorded payloads."""

from typing import Any

from tests.fakes.slack.model import Channel, File, Interaction, Message, Team, User, View
from tests.fakes.slack.world import APP, World

JSON = dict[str, Any]
VERIFICATION = "here-comes-some-token"
NOT_WITH_FILES = ("team", "app_id", "bot_id", "bot_profile")
"""What no recorded event of a message with files has."""


def message_json(message: Message, *, metadata: bool = False) -> JSON:
    """A message as methods and events show it."""
    author, team = message.author, message.channel.team
    if message.deleted:
        return tombstone(message)
    body: JSON = {"type": "message", "user": author.id, "text": message.text, "ts": message.ts, "team": team.id}
    if author.bot:
        body |= {"bot_id": team.bot_id, "app_id": APP, "blocks": message.blocks, "bot_profile": bot_profile(team)}
    else:
        body["blocks"] = message.blocks or [rich_text(message)]
    if message.client_msg_id is not None:
        body["client_msg_id"] = message.client_msg_id
    if message.subtype is not None:
        body["subtype"] = message.subtype
        del body["team"]  # which only plain messages have
    if message.files:
        body |= {"files": [file_json(each) for each in message.files], "upload": False, "display_as_bot": False}
    if message.edited is not None:
        body["edited"] = message.edited
    body |= threaded(message)
    if metadata and message.metadata is not None:
        body["metadata"] = message.metadata
    return body


def threaded(message: Message) -> JSON:
    """Where a message stands in a thread, and what stands under it."""
    body: JSON = {}
    if message.thread_ts is not None:
        body["thread_ts"] = message.thread_ts
        root = message.channel.team.world.find(message.channel, message.thread_ts)
        if root is not None and root is not message:
            body["parent_user_id"] = root.author.id
    if replies := message.replies:
        body |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len({each.author.id for each in replies}),
            "latest_reply": replies[-1].ts,
            "reply_users": sorted({each.author.id for each in replies}),
            "is_locked": False,
            "subscribed": True,
        }
    return body


def tombstone(message: Message) -> JSON:
    """What stands for a deleted message that has replies."""
    replies = message.replies
    return {
        "type": "message",
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "ts": message.ts,
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len({each.author.id for each in replies}),
        "latest_reply": replies[-1].ts if replies else message.ts,
        "is_locked": False,
        "subscribed": False,
    }


def bot_profile(team: Team) -> JSON:
    """The bot beside its messages."""
    icons = {f"image_{size}": "https://a.slack-edge.com/bot.png" for size in (36, 48, 72)}
    return {
        "id": team.bot_id,
        "deleted": False,
        "name": "threadbrush",
        "updated": 1700000000,
        "app_id": APP,
        "icons": icons,
        "team_id": team.id,
    }


def rich_text(message: Message) -> JSON:
    """The words as clients write them."""
    text = {"type": "text", "text": message.text}
    return {
        "type": "rich_text",
        "block_id": f"b{message.ts[-4:]}",
        "elements": [{"type": "rich_text_section", "elements": [text]}],
    }


def shares_json(file: File) -> JSON:
    """Where a file was shared, as ``files.info`` tells it."""
    shares: JSON = {}
    for each in [each for each in file.shares if not each.deleted]:
        kind = "public" if each.channel.kind == "channel" else "private"
        share: JSON = {"ts": each.ts, "channel_name": each.channel.name, "team_id": file.team.id}
        if each.thread_ts is not None:
            share["thread_ts"] = each.thread_ts
        shares.setdefault(kind, {}).setdefault(each.channel.id, []).append(share)
    return shares


def file_json(file: File) -> JSON:
    """A file as methods and events show it."""
    base, shares = file.team.world.base_url, shares_json(file)
    path = f"{base}/files-pri/{file.team.id}-{file.id}"
    body: JSON = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2].lower(),
        "pretty_type": file.name.rpartition(".")[2].upper(),
        "user": file.owner.id,
        "user_team": file.team.id,
        "editable": False,
        "size": len(file.data),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(shares.get("public")),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{path}/{file.name}",
        "url_private_download": f"{path}/download/{file.name}",
        "permalink": f"{base}/files/{file.owner.id}/{file.id}/{file.name}",
        "permalink_public": f"{base}/{file.team.id}-{file.id}-public",
        "has_rich_preview": False,
        "media_display_type": "unknown",
        "is_starred": False,
        "channels": list(shares.get("public", {})),
        "groups": list(shares.get("private", {})),
        "file_access": "visible",
    }
    if file.processed and file.mimetype.startswith("image/"):
        body["thumb_360"] = f"{path}/thumb/{file.name}"
    return body


def envelope(team: Team, event: JSON, number: str, at: float) -> JSON:
    """An event in its callback."""
    return {
        "token": VERIFICATION,
        "team_id": team.id,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": number,
        "event_time": int(at),
        "authorizations": [
            {
                "enterprise_id": team.enterprise,
                "team_id": None if team.org_wide else team.id,
                "user_id": team.bot.id,
                "is_bot": True,
                "is_enterprise_install": team.org_wide,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"1-{event['type']}-{team.id}",
    } | ({"enterprise_id": team.enterprise} if team.enterprise else {})


def message_event(message: Message) -> JSON:
    """Somebody said something."""
    body = message_json(message)
    for key in ("reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed"):
        body.pop(key, None)
    if message.subtype == "file_share":
        body = {key: value for key, value in body.items() if key not in NOT_WITH_FILES}
    kind = {"channel": "channel", "group": "group", "im": "im", "mpim": "mpim"}[message.channel.kind]
    return body | {"channel": message.channel.id, "event_ts": message.ts, "channel_type": kind}


def changed_event(message: Message, before: JSON, ts: str) -> JSON:
    """A message is different now."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message_json(message),
        "previous_message": before,
        "channel": message.channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": message.channel.kind,
    }


def deleted_event(message: Message, before: JSON, ts: str) -> JSON:
    """A message is gone."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": message.channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": message.channel.kind,
    }


def person(user: User) -> JSON:
    """Who does something."""
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team.id}


def common(user: User, trigger: str) -> JSON:
    """What every interaction carries."""
    team = user.team
    return {
        "team": {"id": team.id, "domain": team.name},
        "user": person(user),
        "api_app_id": APP,
        "token": VERIFICATION,
        "trigger_id": trigger,
        "enterprise": None if team.enterprise is None else {"id": team.enterprise, "name": "org"},
        "is_enterprise_install": team.org_wide,
    }


def channel_json(channel: Channel) -> JSON:
    """The place of an interaction."""
    return {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name}


def view_json(view: View, world: World, values: JSON | None = None) -> JSON:
    """A form or home page as Slack shows it."""
    team = view.user.team
    body = {key: value for key, value in view.body.items() if not key.startswith("_")}
    defaults: JSON = {
        "private_metadata": "",
        "callback_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "external_id": "",
    }
    del world
    return (
        defaults
        | body
        | {
            "id": view.id,
            "team_id": team.id,
            "app_id": APP,
            "app_installed_team_id": team.id,
            "bot_id": team.bot_id,
            "hash": view.hash,
            "root_view_id": view.root,
            "previous_view_id": view.previous,
            "state": {"values": values or {}},
        }
    )


def slash(user: User, channel: Channel, command: str, text: str, interaction: Interaction, url: str) -> JSON:
    """A slash command; it travels as a form, so everything is text."""
    return {
        "token": VERIFICATION,
        "team_id": user.team.id,
        "team_domain": user.team.name,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "true" if user.team.org_wide else "false",
        "response_url": url,
        "trigger_id": interaction.trigger_id,
    } | ({"enterprise_id": user.team.enterprise, "enterprise_name": "org"} if user.team.enterprise else {})
