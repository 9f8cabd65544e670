"""The measured work: batches of equal squares, and a mixed stream with Poisson arrivals; the same at every run."""

import random
from dataclasses import dataclass
from typing import Final

from PIL import Image

SENTENCE: Final = "a red fox on a snowy hill at dawn beside an old wooden mill while children fly paper kites"
WORDS: Final = tuple(SENTENCE.split())
STEPS: Final = ((4, 0.60), (8, 0.20), (20, 0.15), (50, 0.05))
INTERACTIVE: Final = 0.2
MOST_REFERENCES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One image that somebody wants.

    Attributes:
        tenant: Whose it is.
        interactive: Somebody is waiting for it.
    """

    number: int
    prompt: str
    width: int
    height: int
    steps: int
    references: tuple[Image.Image, ...] = ()
    tenant: str = "batch"
    interactive: bool = False


def squares(count: int, side: int, steps: int) -> list[Wanted]:
    """As many distinct images of one size."""
    return [
        Wanted(number=number, prompt=_prompt(random.Random(number)), width=side, height=side, steps=steps)
        for number in range(count)
    ]


def mixed(count: int, sides: tuple[int, int, int], *, references: bool) -> list[Wanted]:
    """Images of unlike sizes, steps and references; what is interactive is small and short.

    Args:
        sides: Smallest, usual and largest, px.
        references: Whether the model takes any.
    """
    chance = random.Random(20261123)
    return [_mixed_one(number, chance, sides, references=references) for number in range(count)]


def arrivals(count: int, per_second: float) -> list[float]:
    """Seconds at which they come, as a Poisson process."""
    chance, now = random.Random(1123), 0.0
    times = []
    for _ in range(count):
        now += chance.expovariate(per_second)
        times.append(now)
    return times


def _mixed_one(number: int, chance: random.Random, sides: tuple[int, int, int], *, references: bool) -> Wanted:
    smallest, usual, largest = sides
    interactive = chance.random() < INTERACTIVE
    grid = max(16, smallest // 4)
    if interactive:
        width = height = smallest
        steps = STEPS[0][0]
    else:
        width, height = (grid * round(chance.triangular(smallest, largest, usual) / grid) for _ in range(2))
        steps = chance.choices([one for one, _ in STEPS], [share for _, share in STEPS])[0]
    shown = chance.randrange(MOST_REFERENCES + 1) if references else 0
    return Wanted(
        number=number,
        prompt=_prompt(chance),
        width=width,
        height=height,
        steps=steps,
        references=tuple(_picture(chance, usual) for _ in range(shown)),
        tenant=f"tenant{number % 10}",
        interactive=interactive,
    )


def _prompt(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=30))


def _picture(chance: random.Random, side: int) -> Image.Image:
    return Image.effect_noise((side, side), chance.uniform(20, 120)).convert("RGB")
