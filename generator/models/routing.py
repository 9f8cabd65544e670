"""Which of the models draws a request: what it cannot do without decides, then what suits it best."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from generator.errors import RequestUnsupported
from generator.models.card import ModelCard
from generator.request import GenerationRequest, ReferenceRole
from generator.scene import TRANSPARENT, Notice

LONG_TEXT: Final = 25  # characters
VERY_LONG_TEXT: Final = 120
QUICK_STEPS: Final = 10
RESIDENT: Final = 1.5
"""What it is worth that a model is in memory: less than a real need, more than a matter of taste."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a request asks of a model.

    Attributes:
        edit: It changes a given image.
        references: How many images it draws upon, the one to edit included.
        text: How well it must write, as in ``Abilities.text``.
        rgba: It wants transparency.
        placed: It says where things stand.
        careful: Quality before speed; ``quick`` the other way round.
    """

    edit: bool = False
    references: int = 0
    mask: bool = False
    text: int = 0
    rgba: bool = False
    placed: bool = False
    careful: bool = False
    quick: bool = False

    @classmethod
    def of(cls, request: GenerationRequest) -> "Needs":
        """Read from a request."""
        used = [one for one in request.references if one.role is not ReferenceRole.PALETTE]
        letters = sum(len(block.text) for block in request.text_blocks)
        scene = request.scene
        return cls(
            edit=any(one.role is ReferenceRole.EDIT for one in used),
            references=len(used),
            mask=request.mask_image is not None,
            text=0 if not letters else 1 + (letters > LONG_TEXT) + (letters > VERY_LONG_TEXT),
            rgba=request.background == TRANSPARENT,
            placed=scene is not None and bool(scene.relations or any(item.at for item in scene.objects)),
            careful=request.quality == "high",
            quick=request.quality == "low",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The model, and what of the request it cannot do."""

    card: ModelCard
    unmet: tuple[Notice, ...] = ()


def choose(needs: Needs, cards: Sequence[ModelCard], resident: Collection[str] = ()) -> Choice:
    """The model for a request.

    Args:
        needs: Of the request.
        cards: Of the models there are, the default first; it wins where others are as good.
        resident: Ids of those that are in memory now.

    Raises:
        RequestUnsupported: None of them can.
    """
    able = [card for card in cards if _can(card, needs)]
    if not able:
        raise RequestUnsupported(Notice(key="engine-cannot-edit" if needs.references else "engine-cannot-create"))
    best = max(able, key=lambda card: _suits(card, needs) + RESIDENT * (card.id in resident))
    most = best.abilities.references
    args = {"most": most, "given": needs.references}
    too_many = (Notice(key="engine-too-many-references", args=args),) if needs.references > most else ()
    return Choice(card=best, unmet=too_many)


def cutter_for(request: GenerationRequest, card: ModelCard, cards: Sequence[ModelCard]) -> ModelCard | None:
    """The model that takes the background away from what another one drew; None where nothing needs one.

    Without one, a plain background is asked for and taken away.

    Args:
        request: May ask for transparency.
        card: Of the model that draws.
        cards: Of the models there are.
    """
    if request.background != TRANSPARENT or card.abilities.rgba:
        return None
    return next((one for one in cards if one.abilities.layers), None)


def _can(card: ModelCard, needs: Needs) -> bool:
    able = card.abilities
    if able.layers:
        return False  # it draws nothing of its own; engines use it after another
    if needs.edit or needs.references:
        return able.edit and able.references > 0 and (able.mask or not needs.mask)
    return able.create


def _suits(card: ModelCard, needs: Needs) -> float:
    able, points = card.abilities, 0.0
    points -= 3 * max(0, needs.text - able.text)
    points -= 2 * max(0, needs.references - able.references)
    points += 3 * (needs.rgba and able.rgba)
    points += 2 * (needs.placed and able.boxes)
    many_steps = card.steps > QUICK_STEPS
    points += 2 * (needs.careful and many_steps) - 4 * (many_steps and not needs.careful)
    return points - 2 * (needs.quick and many_steps)
