"""What several models can do together, as an engine says it."""

from collections.abc import Sequence

from generator.engine import Capabilities
from generator.models.card import ModelCard


def capabilities_of(cards: Sequence[ModelCard]) -> Capabilities:
    """The capabilities of an engine with these models.

    Texts come out exact because the line letters what a model wrote wrong, and transparency because a plain background
    is taken away where no model makes it itself. Colors are asked for and, where they are flat, set.
    """
    return Capabilities(
        edit=any(card.abilities.edit for card in cards),
        references=max((card.abilities.references for card in cards), default=0),
        exact_text=True,
        exact_color=False,
        transparency=True,
        boxes=any(card.abilities.boxes for card in cards),
        upscale=False,
        styles=(),
        neural=True,
    )
