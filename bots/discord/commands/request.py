"""The order of a command: from the interaction and what its tenant has set, to what the line is asked."""

from dataclasses import replace
from datetime import UTC, datetime

from bots.chat.desk import Desk
from bots.chat.preferences import preferences_of
from bots.conversation import Conversation, Turn
from bots.discord.commands.people import Interaction, guild_tag, own_locale, requester_of
from bots.discord.commands.standing import is_in_conversation, where
from bots.discord.commands.wish import Wish
from bots.discord.where import PLATFORM
from bots.order import Order
from storage.tenants import TenantRecord
from storage.turns import TurnRecord


def job_of(interaction: Interaction) -> str:
    """The job's id: the same interaction is the same job."""
    return f"{PLATFORM}:i:{interaction.id}"


async def order_of(interaction: Interaction, desk: Desk, wish: Wish, tenant: TenantRecord) -> tuple[Order, TurnRecord]:
    """The order and what was said. Its attachments are fetched and its history is read by the courier."""
    preferences = preferences_of(tenant)
    now = desk.now()
    address = where(
        interaction,
        now=now,
        private=wish.private,
        opens_thread=preferences.opens_thread(desk.app.settings.discord.threads),
    ).address()
    requester, job = requester_of(interaction), job_of(interaction)
    conversation = await _conversation_of(interaction, desk, private=wish.private)
    order = Order(
        job=job,
        conversation=Conversation(
            id=conversation,
            turns=(Turn(author=requester, text=wish.text, job=job),),
            tenant=tenant.id,
            locale=own_locale(interaction) if wish.private else preferences.locale(guild_tag(interaction)),
            options=replace(wish.options, private=wish.private),
            default_style=preferences.default_style,
            strictness=tenant.policy_strictness,
        ),
        requester=requester,
        source=wish.source,
        address=address,
    )
    said = TurnRecord(
        conversation=conversation,
        message=f"{PLATFORM}:{interaction.id}",
        author=requester,
        text=wish.text,
        sent_at=datetime.fromtimestamp(now, UTC),
        attachments=wish.files,
        job=job,
        tenant=tenant.id,
    )
    return order, said


async def _conversation_of(interaction: Interaction, desk: Desk, *, private: bool) -> str:
    """A thread's own, or a new one. What is private never gets into a conversation that others go on with."""
    if private or not is_in_conversation(interaction):
        return f"{PLATFORM}:{interaction.id}"
    place = f"{PLATFORM}:{interaction.channel_id}"
    room = await desk.app.chats.room(place)
    return place if room is None else room.conversation
