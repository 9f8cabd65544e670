"""Messages as Discord writes them in JSON, and what of them a bot without the message content intent sees."""

import copy
from typing import Any

from tests.fakes.discord import payloads
from tests.fakes.discord.cdn import preview_url, signed_url
from tests.fakes.discord.clock import stamp
from tests.fakes.discord.components import media
from tests.fakes.discord.model import Attachment, Message

Json = dict[str, Any]
IS_VOICE, SPOILER = 1 << 13, 1 << 3


def attachment(message_world: Any, each: Attachment) -> Json:
    """A file of a message, with links that work from now on for a while."""
    data: Json = {
        "id": str(each.id),
        "filename": each.filename,
        "size": len(each.data),
        "url": signed_url(message_world, each),
        "proxy_url": preview_url(message_world, each),
    }
    if each.spoiler:
        data["flags"] = SPOILER
    if each.content_type is not None:
        data["content_type"] = each.content_type
    if each.description is not None:
        data["description"] = each.description
    if each.size is not None:
        data["width"], data["height"] = each.size
    if each.ephemeral:
        data["ephemeral"] = True
    return data


def readable(message: Message) -> bool:
    """Whether the bot may read what it says without the message content intent.

    Source: developers/gateway/you-might-not-need-a-privileged-intent.mdx (platforms D12)
    """
    bot = message.world.bot
    if message.author is bot or message.channel.guild is None:
        return True
    named = {f"<@{bot.id}>", f"<@!{bot.id}>"}
    if bot in message.mentions and any(name in message.content for name in named):
        return True
    replied = message.reference
    return replied is not None and replied.author is bot and replied.interaction is None and bot in message.mentions


def message(message: Message, *, content: bool, event: bool = False, nested: bool = False, new: bool = False) -> Json:
    """A message.

    Args:
        message: Which.
        content: Whether the reader may read what people say to each other.
        event: As the gateway tells it: with the server's id and the author's membership.
        nested: As what another one replies to.
        new: As the answer to posting it, or the event of that: only these tell its nonce.
    """
    data: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "author": payloads.user(message.author),
        "timestamp": stamp(message.created_at),
        "edited_timestamp": None if message.edited_at is None else stamp(message.edited_at),
        "tts": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [_mentioned(message, each, event=event) for each in message.mentions],
        "mention_roles": [str(role) for role in message.mention_roles],
        "pinned": message.pinned,
        "type": message.type,
        "flags": message.flags,
        **_body(message, shown=content or readable(message)),
    }
    if event:
        data |= _place(message)
    if new and message.nonce is not None:
        data["nonce"] = message.nonce
    if message.interaction is not None:
        data |= _answer(message)
    if message.reactions:
        data["reactions"] = [_reaction(message, emoji) for emoji in message.reactions]
    if message.thread is not None and not message.thread.deleted and not event:
        data["thread"] = payloads.channel(message.thread)
    if message.reference is not None and not nested:
        data |= _reference(message, content=content)
    return data


def _mentioned(message: Message, user: Any, *, event: bool) -> Json:
    data = payloads.user(user)
    guild = message.channel.guild
    if event and guild is not None and user.id in guild.members:
        data["member"] = payloads.member(guild.members[user.id], with_user=False)
    return data


def _body(message: Message, *, shown: bool) -> Json:
    if not shown:
        return {"content": "", "embeds": [], "attachments": [], "components": []}
    # What components or embeds show is not listed a second time (discord-api-docs, pull request 8279).
    places = [*media(message.components), *embedded(message.embeds)]
    shown_names = {str(item.get("url", "")).removeprefix("attachment://") for item in places}
    return {
        "content": message.content,
        "embeds": _embeds(message),
        "attachments": [
            attachment(message.world, each) for each in message.attachments if each.filename not in shown_names
        ],
        "components": _components(message),
    }


def embedded(embeds: list[Any]) -> list[Json]:
    """The places where embeds show a file: objects with a ``url``."""
    return [embed[name] for embed in embeds for name in ("image", "thumbnail") if embed.get(name)]


def _embeds(message: Message) -> list[Any]:
    embeds = [{**copy.deepcopy(embed), "type": "rich"} for embed in message.embeds]
    for embed in embeds:
        if embed.get("flags") == 0:
            del embed["flags"]
    by_name = {f"attachment://{each.filename}": each for each in message.attachments}
    for item in embedded(embeds):
        each = by_name.get(str(item.get("url", "")))
        if each is not None:
            item.update({"url": signed_url(message.world, each), "proxy_url": preview_url(message.world, each)})
    return embeds


def _components(message: Message) -> list[Any]:
    """As they were sent, with links in place of the names of files."""
    components = copy.deepcopy(message.components)
    by_name = {each.filename: each for each in message.attachments}
    for item in media(components):
        url = str(item.get("url", ""))
        if url.startswith("attachment://") and url.removeprefix("attachment://") in by_name:
            item.update(_media(message, by_name[url.removeprefix("attachment://")]))
    return components


def _media(message: Message, each: Attachment) -> Json:
    data: Json = {
        "url": signed_url(message.world, each),
        "proxy_url": preview_url(message.world, each),
        "attachment_id": str(each.id),
        "content_type": each.content_type or "application/octet-stream",
        "loading_state": 2,
    }
    if each.size is not None:
        data["width"], data["height"] = each.size
    return data


def _place(message: Message) -> Json:
    guild = message.channel.guild
    if guild is None:
        return {"channel_type": message.channel.type}
    data: Json = {"guild_id": str(guild.id), "channel_type": message.channel.type}
    if message.author.id in guild.members:
        data["member"] = payloads.member(guild.members[message.author.id], with_user=False)
    return data


def _answer(message: Message) -> Json:
    interaction = message.interaction
    return {
        "application_id": str(message.world.application_id),
        "webhook_id": str(message.world.application_id),
        "interaction_metadata": interaction.metadata(),
    }


def _reaction(message: Message, emoji: str) -> Json:
    users = message.reactions[emoji]
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(users),
        "count_details": {"normal": len(users), "burst": 0},
        "me": message.world.bot in users,
        "me_burst": False,
        "burst_colors": [],
    }


def _reference(message_: Message, *, content: bool) -> Json:
    replied = message_.reference
    assert replied is not None
    reference: Json = {"type": 0, "message_id": str(replied.id), "channel_id": str(replied.channel.id)}
    if replied.channel.guild is not None:
        reference["guild_id"] = str(replied.channel.guild.id)
    shown = None if replied.deleted else message(replied, content=content, nested=True)
    return {"message_reference": reference, "referenced_message": shown}
