"""What a command asks for, as every chat platform hands it over: from the interaction, without asking Discord anything."""

from dataclasses import replace
from datetime import UTC, datetime

from bots.chat.asking import Ask, preferences
from bots.chat.desk import Desk
from bots.chat.preferences import locale_from
from bots.chat.wishes import Wish
from bots.discord.commands.people import (
    Interaction,
    channels_of,
    guild_tag,
    is_admin,
    own_locale,
    requester_of,
    roles_of,
    tenant_of,
)
from bots.discord.commands.standing import is_in_conversation, where
from bots.discord.where import PLATFORM


def job_of(interaction: Interaction) -> str:
    """The job's id: the same interaction is the same job."""
    return f"{PLATFORM}:i:{interaction.id}"


async def ask_of(interaction: Interaction, desk: Desk, wish: Wish) -> Ask:
    """The request. Its attachments are fetched and its history is read by the courier."""
    tenant, now = tenant_of(interaction), desk.now()
    opens_thread = (await preferences(desk, tenant)).opens_thread(desk.app.settings.discord.threads)
    address = where(interaction, now=now, private=wish.private, opens_thread=opens_thread).address()
    return Ask(
        job=job_of(interaction),
        tenant=tenant,
        requester=requester_of(interaction),
        author=interaction.user.display_name,
        conversation=wish.conversation or await _conversation_of(interaction, desk, private=wish.private),
        text=wish.text,
        message=f"{PLATFORM}:{interaction.id}",
        sent_at=datetime.fromtimestamp(now, UTC),
        address=address,
        locale=own_locale(interaction) if wish.private else locale_from(guild_tag(interaction)),
        options=replace(wish.options, private=wish.private),
        source=wish.source,
        attachments=wish.files,
        channels=channels_of(interaction),
        roles=roles_of(interaction),
        admin=is_admin(interaction),
    )


async def _conversation_of(interaction: Interaction, desk: Desk, *, private: bool) -> str:
    """A thread's own, or a new one. What is private never gets into a conversation that others go on with."""
    if private or not is_in_conversation(interaction):
        return f"{PLATFORM}:{interaction.id}"
    place = f"{PLATFORM}:{interaction.channel_id}"
    room = await desk.app.chats.room(place)
    return place if room is None else room.conversation
