"""From somebody's words in a chat to a durable order: the tenant's rules, then one commit.

Knows no platform: its adapters parse what came in into an ``Ask`` and say in its address where the answer goes.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bots.chat.desk import Desk
from bots.chat.preferences import Preferences, preferences_of, refusal
from bots.conversation import MAX_TEXT, Conversation, Options, Turn
from bots.order import Address, Order
from generator.scene import Notice
from moderation.types import Locale
from storage.chats import AttachmentRef, TenantRecord, TurnRecord

_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request as a platform understood it, before anybody knows whether it is allowed.

    Attributes:
        job: Idempotency key, ``discord:m:<message>``.
        tenant: Guild or workspace.
        requester: Who asks, ``discord:<user>``.
        author: Their name as people see it.
        conversation: Which one it belongs to; those it starts bear the key of what started them.
        text: Their words, without the mention of the bot; what is beyond ``MAX_TEXT`` is the caller's to cut or refuse.
        message: Key of the message that said it, ``discord:<message>``; the job's id where there is none.
        sent_at: With a time zone.
        address: Where the answer goes.
        locale: Of the platform's place or, for a private answer, of the person.
        options: Given outside the text.
        source: The image it is explicitly about.
        reply_to: Key of the message it replies to.
        attachments: Files given with it, not read yet.
        addressed: Explicitly to the bot, not merely said in its thread.
        channels: Ids, without prefix, of the channel and of what it lies in: the thread's channel, the category.
        roles: Ids of the requester's roles, without prefix.
        admin: Whether the requester administers the tenant.
        bot_names: What the bot is called there.
    """

    job: str
    tenant: str
    requester: str
    author: str
    conversation: str
    text: str
    message: str
    sent_at: datetime
    address: Address
    locale: Locale = "en"
    options: Options = field(default_factory=Options)
    source: str | None = None
    reply_to: str | None = None
    attachments: tuple[AttachmentRef, ...] = ()
    addressed: bool = True
    channels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    admin: bool = False
    bot_names: tuple[str, ...] = ("threadbrush",)


async def submit(desk: Desk, ask: Ask) -> Notice | None:
    """Enqueue the request if the tenant lets this person ask here; nothing but that commit is waited for.

    The same job again changes nothing. What is not permitted and was not addressed to the bot is passed over in silence.

    Returns:
        Why nothing was enqueued, for the requester; None otherwise.

    Raises:
        StorageError: The database cannot be used right now.
    """
    tenant = await desk.tenants.find(desk.app.chats, ask.tenant)
    preferences = preferences_of(tenant)
    refused = refusal(preferences, channels=ask.channels, roles=ask.roles, admin=ask.admin)
    if refused is not None:
        return refused if ask.addressed else None
    await desk.session.submit(order_of(ask, tenant, preferences), turn_of(ask))
    return None


async def preferences(desk: Desk, tenant: str) -> Preferences:
    """What a tenant prefers, a few seconds old at most: for what must be decided before the acknowledgement."""
    return preferences_of(await desk.tenants.find(desk.app.chats, tenant))


def order_of(ask: Ask, tenant: TenantRecord, preferences: Preferences) -> Order:
    """The order: a conversation of one turn, which the platform's courier completes later."""
    newest = Turn(author=ask.author, text=ask.text, addressed=ask.addressed)
    conversation = Conversation(
        id=ask.conversation,
        turns=(newest,),
        tenant=ask.tenant,
        locale=locale_of(ask, preferences),
        options=ask.options,
        bot_names=ask.bot_names,
        default_style=preferences.default_style,
        strictness=tenant.policy_strictness,
    )
    return Order(
        job=ask.job,
        conversation=conversation,
        requester=ask.requester,
        source=ask.source,
        address=ask.address,
    )


def turn_of(ask: Ask) -> TurnRecord:
    """What was said, as it is remembered."""
    return TurnRecord(
        conversation=ask.conversation,
        message=ask.message,
        author=ask.requester,
        text=ask.text[:MAX_TEXT],
        sent_at=ask.sent_at,
        reply_to=ask.reply_to,
        attachments=ask.attachments,
        job=ask.job,
        tenant=ask.tenant,
    )


def locale_of(ask: Ask, preferences: Preferences) -> Locale:
    """The language of the answer: a private one is the person's; else what the tenant set, what was written, the place's."""
    if ask.options.private:
        return ask.locale
    if preferences.language is not None:
        return preferences.language
    return language_of(ask.text, ask.locale)


def language_of(text: str, otherwise: Locale) -> Locale:
    """The language that something is written in, as far as its letters tell."""
    return "ko" if _HANGUL.search(text) else otherwise
