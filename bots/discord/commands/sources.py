"""Which image a person means: the link of its message, its id, or the latest one."""

import uuid

from bots.chat.desk import Desk
from bots.chat.looking import Unfound
from bots.discord.commands.autocomplete import LATEST
from bots.discord.commands.people import Interaction, requester_of, tenant_of
from bots.discord.commands.places import can_read, image_in, link_in, sees
from bots.discord.commands.standing import is_in_conversation
from generator.scene import Notice
from storage.gallery import GalleryQuery


async def find_source(interaction: Interaction, desk: Desk, said: str | None) -> str | None:
    """The id of the image that is meant; None for the newest one of the conversation that is going on here.

    What a person may not see is answered like what does not exist.

    Raises:
        Unfound: There is none.
    """
    wanted = (said or LATEST).strip()
    if wanted.casefold() in {LATEST, "최근", "최신"}:
        return await _latest(interaction, desk)
    link, identity = link_in(wanted), _as_id(wanted)
    if link is not None:
        if link.guild != interaction.guild_id or not await can_read(interaction, link.channel):
            raise Unfound(Notice(key="image-not-found"))
        record = await image_in(desk, link.message)
    else:
        record = None if identity is None else await desk.app.records.generation(identity)
    if record is None or not await sees(interaction, desk, record):
        raise Unfound(Notice(key="image-not-found"))
    return record.id


async def _latest(interaction: Interaction, desk: Desk) -> str | None:
    if is_in_conversation(interaction):
        return None
    requester = requester_of(interaction)
    mine = await desk.app.records.gallery(
        GalleryQuery(tenant=tenant_of(interaction), requester=requester, viewer=requester, limit=1)
    )
    if not mine:
        raise Unfound(Notice(key="revise-nothing-yet"))
    return mine[0].id


def _as_id(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None
