"""Suggestions while somebody types: styles, sizes, their own recent prompts and images (platforms D5).

A suggestion that comes late is worth nothing, so the records get a second and a half; after that whatever was found
the last time is shown.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

import structlog
from discord import app_commands

from bots.chat.desk import Desk
from bots.discord.commands.people import Interaction, own_locale, requester_of, tenant_of
from bots.planning.styles import STYLES
from bots.replies import say
from generator.scene import Notice
from storage.errors import StorageError
from storage.gallery import GalleryQuery

MOST: Final = 25
LONGEST: Final = 100
BUDGET_SECONDS: Final = 1.5
REMEMBERED: Final = 2000
"""People whose last suggestions are kept in memory."""

SIZES: Final = ("1:1", "3:2", "2:3", "16:9", "9:16", "4:3", "3:4", "512x512", "1024x1024", "1536x1024", "1024x1536")
BACKGROUNDS: Final = ("transparent", "white", "black", "#ffeecc")
LATEST: Final = "latest"

Suggested = list[app_commands.Choice[str]]
Complete = Callable[[Interaction, str], Awaitable[Suggested]]

log = structlog.get_logger(__name__)


def suggest(typed: str, named: Iterable[tuple[str, str]]) -> Suggested:
    """Those of ``named`` (shown, sent) that contain what was typed, in order, as many and as long as Discord takes."""
    wanted = typed.strip().casefold()
    fitting = (
        app_commands.Choice(name=name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…", value=value)
        for name, value in named
        if name and value and len(value) <= LONGEST and (wanted in name.casefold() or wanted in value.casefold())
    )
    return [choice for choice, _ in zip(fitting, range(MOST), strict=False)]


async def styles(interaction: Interaction, current: str) -> Suggested:
    """The styles of the engine, in the person's language."""
    locale = own_locale(interaction)
    return suggest(current, [(say(Notice(key=f"style-{style}"), locale), style) for style in STYLES])


async def sizes(interaction: Interaction, current: str) -> Suggested:
    """Common sizes; anything else can be typed."""
    locale = own_locale(interaction)
    return suggest(
        current,
        [
            (say(Notice(key="size-suggestion", args={"size": size, "shape": _shape(size)}), locale), size)
            for size in SIZES
        ],
    )


def _shape(size: str) -> str:
    width, height = (int(side) for side in size.replace("x", ":").split(":"))
    return "square" if width == height else "landscape" if width > height else "portrait"


async def backgrounds(interaction: Interaction, current: str) -> Suggested:
    """A few backgrounds; anything else can be typed."""
    locale = own_locale(interaction)
    named = [(say(Notice(key=f"background-{one.removeprefix('#')}"), locale), one) for one in BACKGROUNDS]
    return suggest(current, named)


class Recent:
    """What the records know of a person, within the budget, else what they knew the last time."""

    def __init__(self, desk: Desk, budget: float = BUDGET_SECONDS) -> None:
        self._desk = desk
        self._budget = budget
        self._known: OrderedDict[tuple[str, str, str], Sequence[tuple[str, str]]] = OrderedDict()

    async def prompts(self, interaction: Interaction, current: str) -> Suggested:
        """Their own last prompts; only whole ones, for what is chosen is what is sent."""

        async def look() -> Sequence[tuple[str, str]]:
            found = await self._desk.app.records.recent_prompts(
                requester_of(interaction), "", limit=2 * MOST, tenant=tenant_of(interaction)
            )
            return [(" ".join(prompt.split()), prompt) for prompt in found]

        return suggest(current, await self._within("prompts", interaction, look))

    async def images(self, interaction: Interaction, current: str) -> Suggested:
        """The latest image, and their own last ones by what they show."""
        latest = say(Notice(key="latest-image"), own_locale(interaction))

        async def look() -> Sequence[tuple[str, str]]:
            requester = requester_of(interaction)
            found = await self._desk.app.records.gallery(
                GalleryQuery(tenant=tenant_of(interaction), requester=requester, viewer=requester, limit=MOST)
            )
            return [(f"{image.created_at:%m-%d %H:%M} · {image.request.prompt}", image.id) for image in found]

        return suggest(current, [(latest, LATEST), *await self._within("images", interaction, look)])

    async def _within(
        self, kind: str, interaction: Interaction, look: Callable[[], Awaitable[Sequence[tuple[str, str]]]]
    ) -> Sequence[tuple[str, str]]:
        key = (kind, tenant_of(interaction), requester_of(interaction))
        try:
            async with asyncio.timeout(self._budget):
                found = await look()
        except (TimeoutError, StorageError) as exc:
            log.info("suggestions_late", kind=kind, error=type(exc).__name__)
            return self._known.get(key, ())
        self._known[key] = found
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found
