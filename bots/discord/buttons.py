"""The buttons under an answer. They carry a verb and an id, nothing else, and work for as long as the record lives.

Everything that decides is looked up when one is pressed: the image, the place it belongs to, who presses (platforms D7).
"""

import re
from contextlib import suppress
from typing import Any, Final, Self, get_args

import discord

from bots.chat.cards import Verb
from bots.chat.desk import Desk
from bots.chat.details import detail_lines
from bots.chat.managing import why_not_cancel, why_not_delete
from bots.chat.provenance_words import Spelling
from bots.chat.wishes import Wish
from bots.conversation import Options
from bots.discord.commands.acknowledge import answer_wish
from bots.discord.commands.answering import acknowledge_privately, mention, plain, tell_privately
from bots.discord.commands.failing import guarded
from bots.discord.commands.modals import AskModal
from bots.discord.commands.people import Interaction, is_in_guild, own_locale, requester_of, tenant_of, viewer_of
from bots.discord.commands.places import sees
from bots.discord.placing import key_of
from bots.discord.takedown import take_down
from bots.replies import say
from generator.scene import Notice
from storage.errors import UnknownJob
from storage.records import GenerationRecord

TEMPLATE: Final = rf"tb1:(?P<verb>{'|'.join(get_args(Verb))}):(?P<target>[\w:./-]{{1,80}})"
SCORES: Final = {"like": 1, "dislike": -1}
SPELLING: Final = Spelling(requester=mention, words=plain)


def install(client: discord.Client, desk: Desk) -> None:
    """Have the client know our buttons, whatever message they stand in and however old it is."""
    client.add_dynamic_items(press_button(desk))


def press_button(desk: Desk) -> type[discord.ui.DynamicItem[discord.ui.Button[Any]]]:
    """The class of all our buttons over ``desk``."""

    class PressButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=TEMPLATE):
        def __init__(self, item: discord.ui.Button[Any], verb: Verb, target: str) -> None:
            super().__init__(item)
            self.verb, self.target = verb, target

        @classmethod
        async def from_custom_id(
            cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            del interaction
            assert isinstance(item, discord.ui.Button)  # noqa: S101 - discord.py looks the item up by its type
            return cls(item, match["verb"], match["target"])  # type: ignore[arg-type]  # the template has only verbs

        async def callback(self, interaction: Interaction) -> None:
            await guarded(interaction, f"button {self.verb}", pressed(interaction, desk, self.verb, self.target))

    return PressButton


async def pressed(interaction: Interaction, desk: Desk, verb: Verb, target: str) -> None:
    """Do what a button says, if this person may."""
    if verb == "cancel":
        await _cancel(interaction, desk, target)
        return
    image = await desk.app.records.generation(target)
    if image is None:
        await _tell(interaction, Notice(key="image-gone"))
    elif not await sees(interaction, desk, image):
        await _tell(interaction, Notice(key="not-yours-to-see"))
    elif verb == "revise":
        form = AskModal.revising(desk, own_locale(interaction), source=image.id)
        await interaction.response.send_modal(form)
    elif verb == "delete":
        await _delete(interaction, desk, image)
    elif verb == "details":
        await acknowledge_privately(interaction)
        await tell_privately(interaction, await detail_lines(image, desk.app.records, SPELLING))
    elif verb in SCORES:
        await desk.app.chats.add_feedback(image.id, requester_of(interaction), SCORES[verb])
        await _tell(interaction, Notice(key=f"thanks-{verb}"))
    else:
        await _ask(interaction, desk, verb, image)


async def _ask(interaction: Interaction, desk: Desk, verb: Verb, image: GenerationRecord) -> None:
    """A new request about the image, in its own conversation where it was made here."""
    here = image.tenant == tenant_of(interaction) and not image.private
    wish = Wish(
        text="",
        options=Options(action=verb),  # type: ignore[arg-type]  # vary, retry, upscale
        source=image.id,
        private=image.private,
        conversation=image.conversation if here else None,
    )
    await answer_wish(interaction, desk, wish)


async def _cancel(interaction: Interaction, desk: Desk, job: str) -> None:
    refused = why_not_cancel(
        await desk.app.records.job(job), viewer_of(interaction), manages=_manages_messages(interaction)
    )
    if refused is not None:
        await _tell(interaction, refused)
        return
    await acknowledge_privately(interaction)
    with suppress(UnknownJob):
        await desk.session.cancel(job)
    await tell_privately(interaction, [Notice(key="cancel-done")])


async def _delete(interaction: Interaction, desk: Desk, image: GenerationRecord) -> None:
    """Remove every image of the answer, and the messages that show them; says so if one may still stand."""
    # Theirs wherever they are: a late private answer stands in direct messages.
    refused = why_not_delete(image, viewer_of(interaction), manages=_manages_messages(interaction))
    if refused is not None:
        await _tell(interaction, refused)
        return
    await interaction.response.defer()
    images = await desk.app.records.generations_of_job(image.job)
    for one in images:
        await desk.app.records.remove(one.id, "deleted", desk.app.blobs)
    is_down = await take_down(interaction, desk, images)
    if interaction.message is not None:
        await desk.app.chats.post_forgotten(key_of(interaction.message.id))
    words = say(Notice(key="deleted" if is_down else "deleted-but-shown"), own_locale(interaction))
    await interaction.followup.send(words, ephemeral=True)


def _manages_messages(interaction: Interaction) -> bool:
    """Whether it is a server in which the person may delete messages here."""
    return is_in_guild(interaction) and interaction.permissions.manage_messages


async def _tell(interaction: Interaction, notice: Notice) -> None:
    await interaction.response.send_message(say(notice, own_locale(interaction)), ephemeral=True)
