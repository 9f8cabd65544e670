"""The plain background color that is taken away afterwards, where a model cannot leave pixels transparent."""

import re
from collections.abc import Iterator
from typing import Final

from generator.colors import delta_e_2000, parse_color
from generator.request import GenerationRequest

KEYS: Final = ("#00b140", "#ff00ff", "#0047bb", "#00e5ff", "#ff6a00")
"""Studio green first: models know it best, and skin, wood and metal are far from it."""

FAR: Final = 35.0
"""CIEDE2000 between a key and every asked color that is enough; the first key that has it is taken."""

_WORD: Final = re.compile(r"#[0-9a-fA-F]{3,8}\b|[A-Za-z]+")
_MOST_WORDS: Final = 400


def key_color_for(request: GenerationRequest) -> str:
    """The key that is farthest from what the request asks for; ``#rrggbb``."""
    asked = set(_asked(request))
    distances = {key: min((delta_e_2000(key, color) for color in asked), default=100.0) for key in KEYS}
    return next((key for key in KEYS if distances[key] >= FAR), max(KEYS, key=lambda key: distances[key]))


def _asked(request: GenerationRequest) -> Iterator[str]:
    yield from (color for color in map(parse_color, request.palette) if color is not None)
    if request.scene is not None:
        for item in request.scene.objects:
            yield from (color for color in (item.color, item.outline, item.plate) if color is not None)
    for word in _WORD.findall(request.prompt)[:_MOST_WORDS]:
        if (color := parse_color(word)) is not None:
            yield color
